#include "session_bench/host_memory.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace memtorrent::bench {

void touch_free_memory(std::int64_t bytes) {
  auto const size = static_cast<std::size_t>(bytes);
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot take memory");
  munmap(memory, size);
}

} // namespace memtorrent::bench
