// What is said about a stream while it runs, and at its end. Pure functions; any thread.

#pragma once

#include "memtorrent/memory_disk_io.hpp"

#include <cstdint>
#include <string>

namespace memtorrent::cli {

struct progress {
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
};

/// Why nothing flows, if there is a reason; else empty.
std::string waiting_reason(progress const& now);

/// One line.
std::string progress_line(progress const& now);

/// One line with exact figures, for people and for scripts: what came in, what it took of the budget. `peers_banned`:
/// by libtorrent; those that `memory` counts come on top.
std::string summary_line(std::int64_t downloaded_bytes, memory_stats const& memory, int peers_banned);

} // namespace memtorrent::cli
