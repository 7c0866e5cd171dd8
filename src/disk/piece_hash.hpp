// The hashes of a piece, read from its blocks where they lie. Pure functions; any thread.

#pragma once

#include "cache/piece_geometry.hpp"

#include <libtorrent/sha1_hash.hpp>
#include <libtorrent/span.hpp>

#include <vector>

namespace memtorrent {

/// The v1 hash of a whole piece, pads as zeros (BEP 3, BEP 47). An empty reference in `blocks` is a pad block.
lt::sha1_hash hash_piece_v1(piece_geometry const& geometry, lt::piece_index_t piece,
                            std::vector<block_ref> const& blocks);

/// The v2 hashes of a piece's blocks, without pads (BEP 52), into the first entries of `hashes`.
/// REQUIRES: `hashes` has room for all v2 blocks of the piece.
void hash_blocks_v2(piece_geometry const& geometry, lt::piece_index_t piece, std::vector<block_ref> const& blocks,
                    lt::span<lt::sha256_hash> hashes);

/// The v2 hash of one block.
lt::sha256_hash hash_block_v2(piece_geometry const& geometry, lt::piece_index_t piece, int block, char const* data);

} // namespace memtorrent
