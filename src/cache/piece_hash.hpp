// The hashes of one piece, as far as its blocks have come.
//
// SHA-1 of v1 runs over the piece from its first byte on, so it takes blocks in order; SHA-256 of v2 is a hash of each
// block (BEP 52), in any order. A worker takes a `hash_run` out (the blocks that can be hashed now, and where the
// SHA-1 stands), hashes them where they lie with no lock held, and brings it back. So a piece that has just become
// complete has next to nothing left to hash.
//
// libtorrent's own hashers are plain values with nothing to allocate, so a piece that waits for blocks holds one
// rather than borrows one.
//
// Thread safety: none of its own; memory_storage guards it. A `hash_run` belongs to the worker that has it.

#pragma once

#include "cache/piece_geometry.hpp"
#include "precondition.hpp"

#include <libtorrent/hasher.hpp>
#include <libtorrent/sha1_hash.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace memtorrent {

struct hash_kinds {
  bool v1 = false;
  bool v2 = false;
};

/// Blocks for a worker to hash. An empty reference stands for a pad block that was never sent: zeros.
struct hash_run {
  lt::piece_index_t piece{0};
  /// Which state of which piece it belongs to: memory_storage's generation, and `piece_hash::restarts`.
  std::uint64_t generation = 0;
  int restarts = 0;

  /// SHA-1 up to `next_v1`, and the blocks that follow.
  lt::hasher sha1;
  int next_v1 = 0;
  std::vector<block_ref> v1;

  /// Blocks by number for SHA-256, and the hashes that `work` finds, in the same order.
  std::vector<std::pair<int, block_ref>> v2;
  std::vector<lt::sha256_hash> v2_hashes;

  /// Hashes, and lets go of the blocks. Any thread, no lock.
  void work(piece_geometry const& geometry);
};

class piece_hash {
 public:
  /// How often it had to begin again because a hashed block was overwritten.
  [[nodiscard]] int restarts() const noexcept { return m_restarts; }

  /// Blocks of the piece, from the first on, whose SHA-1 is done.
  [[nodiscard]] int v1_blocks() const noexcept { return m_v1_blocks; }
  /// Blocks of the piece whose SHA-256 is done.
  [[nodiscard]] int v2_blocks() const noexcept { return m_v2_count; }
  [[nodiscard]] bool has_v2(int block) const noexcept {
    return static_cast<std::size_t>(block) < m_v2_done.size() && m_v2_done[static_cast<std::size_t>(block)];
  }

  /// The SHA-1 of the piece. REQUIRES: `v1_blocks` is all of them.
  [[nodiscard]] lt::sha1_hash v1() const;
  /// The SHA-256 of a block. REQUIRES: `has_v2`.
  [[nodiscard]] lt::sha256_hash const& v2(int block) const noexcept {
    MEMTORRENT_REQUIRE(has_v2(block));
    return m_v2[static_cast<std::size_t>(block)];
  }

  /// Forgets everything, because bytes that were hashed are replaced.
  void restart();

  /// Puts where the SHA-1 stands into `run`.
  void lend_to(hash_run& run) const;
  /// Takes over what a worker found. REQUIRES: the run was lent since the last restart.
  void take_back(hash_run const& run, int v2_blocks_in_piece);

 private:
  lt::hasher m_sha1;
  int m_v1_blocks = 0;
  int m_restarts = 0;
  int m_v2_count = 0;
  std::vector<bool> m_v2_done;
  std::vector<lt::sha256_hash> m_v2;
};

} // namespace memtorrent
