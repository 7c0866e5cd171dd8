// What nearly every test names: sizes in bytes, and a piece.

#pragma once

#include "memtorrent/block_ref.hpp"

#include <libtorrent/units.hpp>

namespace memtorrent::test {

inline constexpr int KiB = 1024;
inline constexpr int MiB = 1024 * KiB;
inline constexpr int block_bytes = block_size_bytes;

inline lt::piece_index_t piece(int index) { return lt::piece_index_t(index); }

} // namespace memtorrent::test
