// A run of bytes.

#pragma once

#include <cstdint>

namespace memtorrent {

/// Bytes [begin, end), counted from the first byte of the torrent.
struct byte_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

} // namespace memtorrent
