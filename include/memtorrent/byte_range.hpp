// A run of bytes.

#pragma once

#include <cstdint>

namespace memtorrent {

/// Bytes [begin, end), counted from the first byte of the torrent.
struct byte_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  friend bool operator==(byte_range const& a, byte_range const& b) { return a.begin == b.begin && a.end == b.end; }
};

} // namespace memtorrent
