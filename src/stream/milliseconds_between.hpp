#pragma once

#include <chrono>

namespace memtorrent {

/// From `begin` to `end`, without the rest of a millisecond.
inline std::chrono::milliseconds between(std::chrono::steady_clock::time_point begin,
                                         std::chrono::steady_clock::time_point end) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(end - begin);
}

} // namespace memtorrent
