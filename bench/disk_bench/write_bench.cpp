// Downloading in order: every block is written as it comes, and every piece hashed as soon as its last block is there,
// which is when libtorrent asks for it.

#include "disk_bench/disk_under_test.hpp"
#include "disk_bench/torrent_shapes.hpp"

#include <benchmark/benchmark.h>

#include <exception>

namespace memtorrent::bench {
namespace {

constexpr std::int64_t torrent_bytes = 64 * MiB;

void write_and_hash(benchmark::State& state, disk_kind kind) try {
  disk_under_test disk(kind, {.size_bytes = torrent_bytes,
                              .piece_length_bytes = state.range(0) * KiB,
                              .hashing_threads = static_cast<int>(state.range(1))});
  for (auto _ : state) {
    for (int piece = 0; piece < disk.num_pieces(); ++piece) {
      for (int block = 0; block < disk.blocks_in_piece(); ++block) {
        disk.write_block(piece, block);
        disk.run_ready();
      }
      disk.hash_piece(piece);
    }
    disk.finish();
    state.PauseTiming();
    disk.start_over();
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * torrent_bytes);
} catch (std::exception const& e) {
  state.SkipWithError(e.what());
}

BENCHMARK_CAPTURE(write_and_hash, memtorrent, disk_kind::memtorrent)->Apply(with_pieces_and_hashers);
BENCHMARK_CAPTURE(write_and_hash, mmap, disk_kind::mmap)->Apply(with_pieces_and_hashers);
BENCHMARK_CAPTURE(write_and_hash, posix, disk_kind::posix)->Apply(with_pieces);

} // namespace
} // namespace memtorrent::bench
