// What is said about a stream while it runs, and at its end. Pure functions; any thread.

#pragma once

#include "memtorrent/memory_disk_io.hpp"
#include "memtorrent/preload.hpp"
#include "memtorrent/stream_status.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace memtorrent::cli {

struct progress {
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

/// Why nothing flows, if there is a reason; else empty.
std::string waiting_reason(progress const& now);

/// The same without its figures, which change all the time: what is worth a new line in a log.
std::string waiting_kind(progress const& now);

/// One line.
std::string progress_line(progress const& now);

/// One line with exact figures, for people and for scripts: what came in, what it took of the budget. `peers_banned`:
/// by libtorrent; those that `memory` counts come on top.
std::string summary_line(std::int64_t downloaded_bytes, memory_stats const& memory, int peers_banned);

} // namespace memtorrent::cli
