// What is said about a stream while it runs, and at its end. Pure functions; any thread.

#pragma once

#include "memtorrent/memory_disk.hpp"
#include "session/stream_progress.hpp"

#include <cstdint>
#include <string>

namespace memtorrent::cli {

/// Why nothing flows, if there is a reason; else empty.
std::string waiting_reason(session::stream_progress const& now);

/// The same without its figures, which change all the time: what is worth a new line in a log.
std::string waiting_kind(session::stream_progress const& now);

/// One line.
std::string progress_line(session::stream_progress const& now);

/// One line with exact figures, for people and for scripts: what came in, what it took of the budget. `peers_banned`:
/// by libtorrent; those that `memory` counts come on top.
std::string summary_line(std::int64_t downloaded_bytes, memory_stats const& memory, int peers_banned);

} // namespace memtorrent::cli
