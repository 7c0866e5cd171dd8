// How the torrents of a session are doing, all together: numbers for whoever shows them.

#pragma once

#include "memtorrent/preload.hpp"
#include "memtorrent/stream_status.hpp"

#include <cstdint>
#include <optional>

namespace memtorrent::session {

struct stream_progress {
  /// Of all torrents.
  bool has_metadata = false;
  int peers = 0;
  int seeds = 0;
  std::int64_t rate_bytes_per_s = 0;
  /// From the play head on, without a gap.
  std::int64_t buffered_bytes = 0;
  std::int64_t used_bytes = 0;
  std::int64_t budget_bytes = 0;
  /// Players that read, or could.
  int open_readers = 0;
  /// While something is preloaded, of all films together.
  std::optional<preload_progress> preload;
  /// What a reader has waited for, for a while now; else nothing.
  wait_status wait;
};

} // namespace memtorrent::session
