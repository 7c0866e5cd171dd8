// The command line of session_bench.

#pragma once

#include "session_bench/backend.hpp"

#include <optional>
#include <string>
#include <vector>

namespace memtorrent::bench {

struct session_bench_options {
  int runs = 5;
  int size_mib = 1024;
  int piece_kib = 1024;
  int budget_mib = 64;
  std::vector<backend> backends = all_backends();
  /// Where the seeds keep their torrent; nothing: where their leecher does.
  std::optional<backend> seed;
  bool json = false;
  /// Not empty: what --help asks for, and nothing else is to be done.
  std::string help;
};

/// Throws `std::invalid_argument` with a sentence.
session_bench_options parse_options(int argc, char** argv);

} // namespace memtorrent::bench
