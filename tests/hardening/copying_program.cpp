// Copies so many bytes as it is told into an array: what FORTIFY_SOURCE looks at while the program runs.

#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  char copy[16] = {};
  if (argc > 2) std::memcpy(copy, argv[2], static_cast<std::size_t>(std::atoi(argv[1])));
  return copy[argc % 16];
}
