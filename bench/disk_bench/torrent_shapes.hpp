// With which piece lengths and threads a benchmark is run, and how that reads in its name:
// `write_and_hash/memtorrent/piece_kib:1024/hashers:2`.

#pragma once

#include <benchmark/benchmark.h>

namespace memtorrent::bench {

/// Pieces of 256 KiB to 16 MiB, 1 to 4 hash threads (`lt::settings_pack::hashing_threads`).
inline void with_pieces_and_hashers(benchmark::internal::Benchmark* b) {
  b->ArgNames({"piece_kib", "hashers"})->ArgsProduct({{256, 1024, 4096, 16384}, {1, 2, 4}})->UseRealTime();
}

/// For a disk I/O that has no threads, and for what is not hashed.
inline void with_pieces(benchmark::internal::Benchmark* b) {
  b->ArgNames({"piece_kib", "hashers"})->ArgsProduct({{256, 1024, 4096, 16384}, {1}})->UseRealTime();
}

} // namespace memtorrent::bench
