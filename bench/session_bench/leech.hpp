// The process that wants the torrent, and measures.

#pragma once

#include "session_bench/backend.hpp"
#include "session_bench/worker.hpp"
#include "support/film.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace memtorrent::bench {

/// What one transfer cost the leecher.
struct leech_figures {
  /// From the connection to the seed until everything has passed its hash check, or was read.
  double seconds = 0;
  double cpu_seconds = 0;
  double peak_rss_mib = 0;

  [[nodiscard]] std::string to_text() const;
  /// REQUIRES: what `to_text` gave.
  static leech_figures from_text(std::string const& text);
};

struct leech_options {
  backend kept_in = backend::ceiling;
  /// Of `memtorrent_windowed`.
  std::int64_t budget_bytes = 0;
  /// Of the backends with files.
  std::filesystem::path folder;
};

/// Makes a session with the torrent of `film` in it, and sends "ready". Told the port of a seed, it downloads or reads
/// everything, checks that, and sends its `leech_figures`.
void run_leech(test::film const& film, leech_options const& options, channel& parent);

} // namespace memtorrent::bench
