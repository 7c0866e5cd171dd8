// What the command prints on stdout, taken apart.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace memtorrent::test {

struct printed_url {
  /// All is left at its default if `line` is not `http://127.0.0.1:PORT/stream/<40 digits>/<file index>/<name>`.
  explicit printed_url(std::string_view line);

  std::uint16_t port = 0;
  /// As it is asked for: "/stream/...".
  std::string path;
  int file = -1;
};

} // namespace memtorrent::test
