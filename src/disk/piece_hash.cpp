#include "disk/piece_hash.hpp"

#include <libtorrent/hasher.hpp>

#include <algorithm>
#include <array>

namespace memtorrent {

namespace {

constexpr std::array<char, block_size_bytes> zeros{};

char const* data_of(block_ref const& block) { return block ? block.data() : zeros.data(); }

} // namespace

lt::sha1_hash hash_piece_v1(piece_geometry const& geometry, lt::piece_index_t piece,
                            std::vector<block_ref> const& blocks) {
  lt::hasher hasher;
  for (int block = 0; block < geometry.blocks_in_piece(piece); ++block)
    hasher.update({data_of(blocks[static_cast<std::size_t>(block)]), geometry.block_bytes(piece, block)});
  return hasher.final();
}

lt::sha256_hash hash_block_v2(piece_geometry const& geometry, lt::piece_index_t piece, int block, char const* data) {
  int const bytes = std::min(block_size_bytes, geometry.v2_piece_bytes(piece) - block * block_size_bytes);
  return lt::hasher256(data, std::max(bytes, 0)).final();
}

void hash_blocks_v2(piece_geometry const& geometry, lt::piece_index_t piece, std::vector<block_ref> const& blocks,
                    lt::span<lt::sha256_hash> hashes) {
  int const count = (geometry.v2_piece_bytes(piece) + block_size_bytes - 1) / block_size_bytes;
  for (int block = 0; block < count; ++block)
    hashes[block] = hash_block_v2(geometry, piece, block, data_of(blocks[static_cast<std::size_t>(block)]));
}

} // namespace memtorrent
