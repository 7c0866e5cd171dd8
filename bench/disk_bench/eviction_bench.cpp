// Bookkeeping: what it costs to let one piece go for each that arrives, when there are very many. Pieces of one block
// make it nothing but bookkeeping, and the copy of that block.

#include "disk_bench/disk_under_test.hpp"

#include <benchmark/benchmark.h>

#include <ctime>
#include <exception>

namespace memtorrent::bench {
namespace {

constexpr std::int64_t piece_bytes = lt::default_block_size;

double cpu_seconds_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// The budget holds half of the torrent. Going round in it, each piece that arrives finds the one that came first to be
// the one to go. Only the time of the network thread is counted, on which all of it happens.
void evict(benchmark::State& state) try {
  std::int64_t const resident = state.range(0);
  disk_under_test disk(disk_kind::memtorrent, {.size_bytes = 2 * resident * piece_bytes,
                                               .piece_length_bytes = piece_bytes,
                                               .budget_bytes = resident * piece_bytes});
  disk.fill();
  int piece = 0;
  double const before = cpu_seconds_of_thread();
  for (auto _ : state) {
    disk.write_block(piece, 0);
    disk.run_ready();
    piece = (piece + 1) % disk.num_pieces();
  }
  double const per_eviction = (cpu_seconds_of_thread() - before) / static_cast<double>(state.iterations());
  disk.finish();
  state.counters["cpu_us"] = 1e6 * per_eviction;
  state.counters["percent_of_core_at_1000_per_s"] = 100 * 1000 * per_eviction;
} catch (std::exception const& e) {
  state.SkipWithError(e.what());
}

BENCHMARK(evict)->ArgName("resident_pieces")->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace memtorrent::bench
