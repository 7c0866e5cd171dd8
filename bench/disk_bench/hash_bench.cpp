// Hashing: how much a second when all is there, and how long libtorrent waits for one piece that has just come.

#include "disk_bench/disk_under_test.hpp"
#include "disk_bench/torrent_shapes.hpp"
#include "median.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <exception>
#include <vector>

namespace memtorrent::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t torrent_bytes = 64 * MiB;

// As a check of a whole torrent: some pieces are always asked for.
void hash(benchmark::State& state, disk_kind kind) try {
  int const hashers = static_cast<int>(state.range(1));
  disk_under_test disk(
      kind, {.size_bytes = torrent_bytes, .piece_length_bytes = state.range(0) * KiB, .hashing_threads = hashers});
  disk.fill();
  for (auto _ : state) {
    for (int piece = 0; piece < disk.num_pieces(); ++piece) {
      disk.hash_piece(piece);
      disk.finish(2 * hashers);
    }
    disk.finish();
  }
  state.SetBytesProcessed(state.iterations() * torrent_bytes);
} catch (std::exception const& e) {
  state.SkipWithError(e.what());
}

BENCHMARK_CAPTURE(hash, memtorrent, disk_kind::memtorrent)->Apply(with_pieces_and_hashers);
BENCHMARK_CAPTURE(hash, mmap, disk_kind::mmap)->Apply(with_pieces_and_hashers);
BENCHMARK_CAPTURE(hash, posix, disk_kind::posix)->Apply(with_pieces);

// A piece comes in order, its blocks evenly in time, and the network thread has nothing else to do. Measured is from
// the question for its hash, right after the last block, to the answer.
void hash_latency(benchmark::State& state, disk_kind kind) try {
  auto const per_block = std::chrono::duration<double>(lt::default_block_size / (1e6 * double(state.range(1))));
  disk_under_test disk(kind, {.size_bytes = torrent_bytes, .piece_length_bytes = state.range(0) * KiB});
  std::vector<double> latencies_ms;
  int piece = 0;
  for (auto _ : state) {
    auto due = clock::now();
    for (int block = 0; block < disk.blocks_in_piece(); ++block) {
      disk.write_block(piece, block);
      due += std::chrono::duration_cast<clock::duration>(per_block);
      while (block + 1 < disk.blocks_in_piece() && clock::now() < due) disk.run_ready();
    }
    clock::time_point answered;
    auto const asked = clock::now();
    disk.hash_piece(piece, [&] { answered = clock::now(); });
    disk.finish();
    std::chrono::duration<double> const latency = answered - asked;
    state.SetIterationTime(latency.count());
    latencies_ms.push_back(1000 * latency.count());
    if (++piece == disk.num_pieces()) disk.start_over();
    piece %= disk.num_pieces();
  }
  state.counters["median_ms"] = median(latencies_ms);
} catch (std::exception const& e) {
  state.SkipWithError(e.what());
}

void with_rates(benchmark::internal::Benchmark* b) {
  constexpr int pieces = 64;
  b->ArgNames({"piece_kib", "mb_per_s"})
      ->ArgsProduct({{4096}, {100, 300, 1000}})
      ->UseManualTime()
      ->Iterations(pieces)
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(hash_latency, memtorrent, disk_kind::memtorrent)->Apply(with_rates);
BENCHMARK_CAPTURE(hash_latency, mmap, disk_kind::mmap)->Apply(with_rates);
BENCHMARK_CAPTURE(hash_latency, posix, disk_kind::posix)->Apply(with_rates);

} // namespace
} // namespace memtorrent::bench
