// The windows of readers, for tests of what goes first.

#pragma once

#include "cache/eviction.hpp"
#include "support/short_names.hpp"

namespace memtorrent::test {

inline play_window window(int begin, int head, int end) { return {piece(begin), piece(head), piece(end), false}; }

inline play_window idle(play_window w) {
  w.idle = true;
  return w;
}

} // namespace memtorrent::test
