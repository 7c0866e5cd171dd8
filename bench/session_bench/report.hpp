// What session_bench prints at the end.

#pragma once

#include "session_bench/backend.hpp"
#include "session_bench/transfer.hpp"

#include <iosfwd>
#include <map>

namespace memtorrent::bench {

/// For each backend the medians of its runs.
using medians = std::map<backend, transfer_figures>;

/// One JSON object a line: `backend`, `mb_per_s`, `cpu_s_per_gib`, `peak_rss_mib`.
void print_json(std::ostream& out, medians const& figures);

/// The figures, their ratios to the ceiling, and the ratios that are to be reached beside those that were. A ratio of a
/// backend that was not run is left out.
void print_table(std::ostream& out, medians const& figures);

} // namespace memtorrent::bench
