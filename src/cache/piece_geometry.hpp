// How a torrent's bytes fall into pieces, blocks and pads. A plain value, taken from libtorrent's file_storage once, so
// that nothing here depends on a torrent that may be gone.

#pragma once

#include "memtorrent/block_ref.hpp"
#include "memtorrent/byte_range.hpp"

#include <libtorrent/file_storage.hpp>
#include <libtorrent/units.hpp>

#include <cstdint>
#include <vector>

namespace memtorrent {

/// Blocks that `bytes` fill, the last one perhaps in part.
constexpr std::int64_t blocks_in(std::int64_t bytes) noexcept {
  return (bytes + block_size_bytes - 1) / block_size_bytes;
}

/// RAM that `bytes` of a piece take: whole blocks.
constexpr std::int64_t whole_block_bytes(std::int64_t bytes) noexcept { return blocks_in(bytes) * block_size_bytes; }

/// The smallest budget, or cap, on which a torrent plays: two of its pieces, or all of it where that is less.
constexpr std::int64_t least_budget_bytes(std::int64_t piece_length_bytes, std::int64_t total_resident_bytes) noexcept {
  std::int64_t const two_pieces = 2 * whole_block_bytes(piece_length_bytes);
  return two_pieces < total_resident_bytes ? two_pieces : total_resident_bytes;
}

class piece_geometry {
 public:
  explicit piece_geometry(lt::file_storage const& files);

  [[nodiscard]] int piece_length_bytes() const noexcept { return m_piece_length; }
  [[nodiscard]] std::int64_t total_bytes() const noexcept { return m_total_bytes; }
  [[nodiscard]] int num_pieces() const noexcept { return m_num_pieces; }

  /// Bytes of RAM that all pieces take: whole blocks, pads included.
  [[nodiscard]] std::int64_t resident_bytes() const noexcept;
  /// Bytes of RAM that a piece takes: whole blocks, pads included.
  [[nodiscard]] std::int64_t resident_bytes(lt::piece_index_t piece) const noexcept {
    return std::int64_t{blocks_in_piece(piece)} * block_size_bytes;
  }
  /// Bytes of RAM that the largest piece takes.
  [[nodiscard]] std::int64_t largest_piece_resident_bytes() const noexcept;
  /// The smallest budget, or cap, on which the torrent plays.
  [[nodiscard]] std::int64_t least_budget_bytes() const noexcept {
    return memtorrent::least_budget_bytes(m_piece_length, resident_bytes());
  }

  /// Bytes of a piece; the last one may be shorter.
  [[nodiscard]] int piece_bytes(lt::piece_index_t piece) const noexcept;
  /// Blocks of a piece, pads included.
  [[nodiscard]] int blocks_in_piece(lt::piece_index_t piece) const noexcept;
  /// Bytes of one block of a piece; the last one may be shorter.
  [[nodiscard]] int block_bytes(lt::piece_index_t piece, int block) const noexcept;

  /// True if v2 hashes cover the torrent's pieces: a v2 or a hybrid torrent.
  [[nodiscard]] bool is_v2() const noexcept { return !m_v2_piece_bytes.empty(); }

  /// Bytes of a piece that the v2 hashes cover: without the pad at its end (BEP 52). 0 when not a v2 torrent.
  [[nodiscard]] int v2_piece_bytes(lt::piece_index_t piece) const noexcept;
  /// Blocks of a piece that have a v2 hash each.
  [[nodiscard]] int v2_blocks_in_piece(lt::piece_index_t piece) const noexcept {
    return static_cast<int>(blocks_in(v2_piece_bytes(piece)));
  }

  [[nodiscard]] std::int64_t offset_of(lt::piece_index_t piece) const noexcept {
    return std::int64_t{static_cast<int>(piece)} * m_piece_length;
  }
  [[nodiscard]] lt::piece_index_t piece_at(std::int64_t offset) const noexcept {
    return lt::piece_index_t(static_cast<int>(offset / m_piece_length));
  }

  /// True if all of the block is pad (BEP 47): peers never send it, and it reads as zeros.
  [[nodiscard]] bool is_pad_block(lt::piece_index_t piece, int block) const noexcept;

  /// Sets to zero all of the `block_size_bytes` bytes at `data` that are pad, or lie behind the end of the block.
  /// Blocks are reused, and hybrid torrents hash their pads as zeros.
  void clear_pads(lt::piece_index_t piece, int block, char* data) const noexcept;

 private:
  int m_piece_length;
  int m_num_pieces;
  std::int64_t m_total_bytes;
  std::vector<byte_range> m_pads;    // sorted, disjoint
  std::vector<int> m_v2_piece_bytes; // empty unless v2
};

} // namespace memtorrent
