// How fast a torrent goes from one process to another over loopback, and what that costs, with each of the places where
// a session can keep it. The backends take turns, so that what else happens on the machine hits all of them alike.
//
//   session_bench [--runs 5] [--size-mib 1024] [--piece-kib 1024] [--budget-mib 64] [--backend NAME]...
//                 [--seed NAME] [--json]

#include "median.hpp"
#include "session_bench/options.hpp"
#include "session_bench/report.hpp"
#include "session_bench/stop_signals.hpp"
#include "session_bench/transfer.hpp"
#include "support/film.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <vector>

namespace {

using namespace memtorrent;
using namespace memtorrent::bench;

constexpr std::int64_t KiB = 1024;
constexpr std::int64_t MiB = 1024 * KiB;

using all_runs = std::map<backend, std::vector<transfer_figures>>;

all_runs run_all(session_bench_options const& options) {
  stop_signals const signals;
  test::film const film({.size_bytes = options.size_mib * MiB,
                         .piece_length_bytes = static_cast<int>(options.piece_kib * KiB),
                         .inside = "/dev/shm"});
  all_runs runs;
  for (int run = 1; run <= options.runs; ++run)
    for (auto const b : options.backends) {
      leech_options const leech{b, options.budget_mib * MiB, film.folder() / "leecher"};
      auto const figures = measure_transfer(film, options.seed.value_or(b), leech, signals);
      std::filesystem::remove_all(leech.folder);
      runs[b].push_back(figures);
      std::fprintf(stderr, "run %d of %d: %s %.0f MB/s, %.2f CPU s/GiB, peak RSS %.0f MiB\n", run, options.runs,
                   name_of(b), figures.mb_per_s, figures.cpu_s_per_gib, figures.peak_rss_mib);
    }
  return runs;
}

double median_of(std::vector<transfer_figures> const& runs, double transfer_figures::*figure) {
  std::vector<double> values;
  for (auto const& run : runs) values.push_back(run.*figure);
  return median(std::move(values));
}

medians medians_of(all_runs const& runs) {
  medians result;
  for (auto const& [b, figures] : runs)
    result[b] = {median_of(figures, &transfer_figures::mb_per_s), median_of(figures, &transfer_figures::cpu_s_per_gib),
                 median_of(figures, &transfer_figures::peak_rss_mib)};
  return result;
}

} // namespace

int main(int argc, char** argv) try {
  auto const options = parse_options(argc, argv);
  if (!options.help.empty()) {
    std::cout << options.help;
    return 0;
  }
  auto const figures = medians_of(run_all(options));
  if (options.json)
    print_json(std::cout, figures);
  else
    print_table(std::cout, figures);
  return std::cout.flush() ? 0 : 1;
} catch (std::exception const& e) {
  std::fprintf(stderr, "session_bench: %s\n", e.what());
  return 1;
}
