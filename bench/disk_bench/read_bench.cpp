// What peers are sent: blocks read through libtorrent's disk_interface, in order or while others arrive.

#include "disk_bench/disk_under_test.hpp"
#include "disk_bench/torrent_shapes.hpp"

#include <benchmark/benchmark.h>

#include <exception>

namespace memtorrent::bench {
namespace {

constexpr std::int64_t torrent_bytes = 64 * MiB;
// What one fast peer keeps in its send buffer (`send_buffer_watermark`, 500 KiB), in blocks.
constexpr int most_outstanding = 32;

void read(benchmark::State& state, disk_kind kind) try {
  disk_under_test disk(kind, {.size_bytes = torrent_bytes, .piece_length_bytes = state.range(0) * KiB});
  disk.fill();
  for (auto _ : state) {
    for (int piece = 0; piece < disk.num_pieces(); ++piece)
      for (int block = 0; block < disk.blocks_in_piece(); ++block) {
        disk.read_block(piece, block);
        disk.finish(most_outstanding);
      }
    disk.finish();
  }
  state.SetBytesProcessed(state.iterations() * torrent_bytes);
} catch (std::exception const& e) {
  state.SkipWithError(e.what());
}

BENCHMARK_CAPTURE(read, memtorrent, disk_kind::memtorrent)->Apply(with_pieces);
BENCHMARK_CAPTURE(read, mmap, disk_kind::mmap)->Apply(with_pieces);
BENCHMARK_CAPTURE(read, posix, disk_kind::posix)->Apply(with_pieces);

// The second half arrives and is hashed, while the first half is sent: block by block in turn. Counts both.
void mixed(benchmark::State& state, disk_kind kind) try {
  disk_under_test disk(kind, {.size_bytes = torrent_bytes,
                              .piece_length_bytes = state.range(0) * KiB,
                              .hashing_threads = static_cast<int>(state.range(1))});
  int const half = disk.num_pieces() / 2;
  disk.fill(half);
  for (auto _ : state) {
    for (int piece = half; piece < 2 * half; ++piece) {
      for (int block = 0; block < disk.blocks_in_piece(); ++block) {
        disk.write_block(piece, block);
        disk.read_block(piece - half, block);
        disk.run_ready();
      }
      disk.hash_piece(piece);
    }
    disk.finish();
    state.PauseTiming();
    disk.start_over();
    disk.fill(half);
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * torrent_bytes);
} catch (std::exception const& e) {
  state.SkipWithError(e.what());
}

BENCHMARK_CAPTURE(mixed, memtorrent, disk_kind::memtorrent)->Apply(with_pieces_and_hashers);
BENCHMARK_CAPTURE(mixed, mmap, disk_kind::mmap)->Apply(with_pieces_and_hashers);
BENCHMARK_CAPTURE(mixed, posix, disk_kind::posix)->Apply(with_pieces);

} // namespace
} // namespace memtorrent::bench
