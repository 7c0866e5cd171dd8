#include "cli/printed_url.hpp"

#include <charconv>

namespace memtorrent::test {

namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

} // namespace

printed_url::printed_url(std::string_view line) {
  constexpr std::size_t hash_digits = 40;
  std::uint16_t found_port = 0;
  int found_file = -1;
  auto rest = line;
  if (!take(rest, "http://127.0.0.1:") || !take_number(rest, found_port)) return;
  auto const found_path = rest;
  if (!take(rest, "/stream/") || rest.find_first_not_of("0123456789abcdef") != hash_digits) return;
  rest.remove_prefix(hash_digits);
  if (!take(rest, "/") || !take_number(rest, found_file) || !take(rest, "/") || rest.empty()) return;
  port = found_port;
  path = found_path;
  file = found_file;
}

} // namespace memtorrent::test
