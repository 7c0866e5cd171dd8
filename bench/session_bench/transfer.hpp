// One transfer of the torrent from a seeding process to a leeching process.

#pragma once

#include "session_bench/leech.hpp"
#include "session_bench/stop_signals.hpp"
#include "support/film.hpp"

namespace memtorrent::bench {

struct transfer_figures {
  double mb_per_s = 0;
  /// Of both processes together.
  double cpu_s_per_gib = 0;
  /// Of the leecher.
  double peak_rss_mib = 0;
};

/// Throws `std::runtime_error` with a sentence if it fails, hangs or is stopped; no process is left over then.
transfer_figures measure_transfer(test::film const& film, backend seed_kept_in, leech_options const& options,
                                  stop_signals const& signals);

} // namespace memtorrent::bench
