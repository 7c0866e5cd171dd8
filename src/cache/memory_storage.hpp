// The data of one torrent: which blocks of which pieces are in RAM, how far their hashes have come, and who may see
// them. Data only: it decides nothing, does no I/O and knows no session.
//
// Invariants:
//   1. Which bytes are there is kept by block, never by adding up lengths, because a block may arrive twice.
//   2. The bytes of a block never change while anybody else references it. A duplicate goes into a new block then.
//   3. A reader sees bytes of a piece only after `mark_passed`, that is after its hash was verified.
//   4. A piece that is evicted and fetched again has a new generation. Work that was begun for the old one sees that
//      by the number (see disk/memory_disk_io.hpp).
//
// Threads: the network thread is the only one that changes which blocks and pieces there are. Readers and hash workers
// have threads of their own. A piece's state is guarded by the lock of its shard. The lock is held while references are
// copied, not while bytes are read or hashed. (The exception: after a failed hash, blocks are overwritten under it.)
// Members that say "any thread" may be called from any; the others belong to the network thread.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/block_arena.hpp"
#include "cache/eviction_order.hpp"
#include "cache/piece_geometry.hpp"
#include "cache/piece_hash.hpp"
#include "memtorrent/byte_source.hpp"

#include <libtorrent/span.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace memtorrent {

class memory_storage {
 public:
  memory_storage(piece_geometry geometry, std::shared_ptr<block_arena> arena);
  memory_storage(memory_storage const&) = delete;
  memory_storage& operator=(memory_storage const&) = delete;
  ~memory_storage();

  [[nodiscard]] piece_geometry const& geometry() const noexcept { return m_geometry; }
  [[nodiscard]] block_arena& arena() const noexcept { return *m_arena; }
  [[nodiscard]] std::shared_ptr<memory_account> const& account() const noexcept { return m_account; }

  // ---- blocks ----

  /// Copies a block in: the one copy on its way to a reader. A duplicate is ignored once the piece has passed or its
  /// hash is requested. Returns the piece's generation; 0, with nothing changed, when there is no space.
  /// REQUIRES: `offset` at a block's start, `data` not longer than the block.
  [[nodiscard]] std::uint64_t write(lt::piece_index_t piece, int offset, lt::span<char const> data);

  /// A block with undefined contents that counts for this torrent, or an empty one when there is no space.
  [[nodiscard]] block_ref allocate() { return m_arena->allocate(m_account); }

  /// Replaces a block by `version`, also while the piece's hash is requested. Hashes that cover the block begin again.
  /// Returns the old block; empty, with nothing changed, if the block is not there or its piece has passed.
  /// REQUIRES: pads in `version` are zero.
  block_ref replace(lt::piece_index_t piece, int block, block_ref version);

  /// Identifies the piece as it is in RAM now; 0 when nothing of it is. Any thread.
  [[nodiscard]] std::uint64_t generation(lt::piece_index_t piece) const;

  /// A slice of one block, whether its piece has passed or not; nothing if it is not there. Any thread.
  /// REQUIRES: [offset, offset + size) inside one block.
  [[nodiscard]] std::optional<block_slice> slice(lt::piece_index_t piece, int offset, int size_bytes);

  /// True if every byte of the run is in RAM or is pad. Any thread.
  [[nodiscard]] bool holds(lt::piece_index_t piece, int offset, int size_bytes) const;

  /// Copies any run of bytes of a piece, with zeros for pads. False if a block of it is not there. Any thread.
  [[nodiscard]] bool copy(lt::piece_index_t piece, int offset, lt::span<char> out);

  /// Consecutive bytes of passed pieces from `offset` of the torrent on: at most `max_bytes`, and less where a piece is
  /// missing. Pads are zeros without a reference. Marks the pieces as used. Any thread.
  [[nodiscard]] file_bytes read_passed(std::int64_t offset, std::int64_t max_bytes);

  void mark_passed(lt::piece_index_t piece);
  /// Any thread.
  [[nodiscard]] bool has_passed(lt::piece_index_t piece) const;
  /// Any thread.
  [[nodiscard]] bool is_complete(lt::piece_index_t piece) const;
  /// Blocks of the piece that are in RAM. Any thread.
  [[nodiscard]] int blocks_there(lt::piece_index_t piece) const;

  // ---- hashes ----

  /// Gives the piece to a worker, which must then take runs until there is none. Returns the piece's generation. 0, and
  /// nothing is to be done, when
  ///   - a worker has the piece already,
  ///   - fewer than `least_blocks` blocks can be hashed now (one is enough when the piece is complete), or
  ///   - hashing early does not pay (after a failed hash, or in a check), and the piece's hash is not requested.
  [[nodiscard]] std::uint64_t begin_hashing(lt::piece_index_t piece, int least_blocks);

  /// What a worker hashes next of a piece, at most `most_blocks` of each kind. Nothing if nothing is left, or the piece
  /// is not of that generation any more: then the worker is done with it. Any thread.
  [[nodiscard]] std::optional<hash_run> take_hash_run(lt::piece_index_t piece, std::uint64_t generation,
                                                      int most_blocks);
  /// Brings a hashed run back; it is ignored when the piece has changed meanwhile. Any thread.
  void return_hash_run(hash_run const& run);

  enum class hash_state { incomplete, working, ready };
  /// Requests the hashes of a whole piece. Unless `incomplete`, the piece is kept until `release_hash`.
  hash_state request_hash(lt::piece_index_t piece, hash_kinds kinds);
  /// The state of a requested hash. Any thread.
  [[nodiscard]] hash_state requested_hash(lt::piece_index_t piece, hash_kinds kinds) const;
  /// The hashes of a piece that is `ready`; `v2` may be empty, else it has space for all of the piece's v2 blocks.
  lt::sha1_hash read_hash(lt::piece_index_t piece, hash_kinds kinds, lt::span<lt::sha256_hash> v2) const;
  void release_hash(lt::piece_index_t piece);
  /// Any thread.
  [[nodiscard]] bool is_hash_requested(lt::piece_index_t piece) const;

  /// The v2 hash of one block, if it is known.
  [[nodiscard]] std::optional<lt::sha256_hash> block_hash(lt::piece_index_t piece, int block) const;
  /// Counts the single blocks of the piece that are being hashed: `change` is 1 at the start and -1 at the end.
  void count_block_hash(lt::piece_index_t piece, int change);
  /// True if a hash of the piece or of one of its blocks is still to be answered.
  [[nodiscard]] bool is_being_hashed(lt::piece_index_t piece) const;

  // ---- letting go ----

  /// Takes a piece out. Its blocks stay alive, and in the budget, while others reference them.
  void evict(lt::piece_index_t piece);
  void evict_all();

  /// A check begins: forgets all hashes and which pieces have passed, and evicts pieces that are not complete.
  void begin_recheck();

  /// True if evicting the piece would free at least one block now, and its hash is not requested. With `watch`: if it
  /// cannot go because others reference its blocks, the budget is told as soon as one of them is free to go.
  [[nodiscard]] bool can_go(lt::piece_index_t piece, bool watch = false) const;
  /// The rank of a piece for which a block arrives: as if the piece was used just now.
  [[nodiscard]] piece_rank rank(lt::piece_index_t piece) const;
  /// The pieces that are there, in the order in which they go. Not all of them `can_go`.
  [[nodiscard]] eviction_order& order() noexcept { return m_order; }

 private:
  struct piece_entry {
    std::vector<block_ref> blocks;
    int in_order = 0;         // blocks from the first on that are there or are pad
    int v2_there = 0;         // blocks that v2 hashes cover and that are there
    int unhashed_counted = 0; // blocks that the arena's count of unhashed bytes has for this piece
    piece_hash hash;
    bool hash_early = true; // false in a check, and once a block was overwritten: more will follow
    bool with_worker = false;
    int hash_requests = 0;
    int block_hashes = 0;
    bool passed = false;
    std::uint64_t generation = 0;
    std::int64_t last_use = 0;
  };

  /// Pieces with the same number modulo `num_shards`. No two shards share a cache line, so that their locks do not slow
  /// each other down.
  struct alignas(64) shard {
    mutable annotated_mutex mutex;
    std::vector<std::unique_ptr<piece_entry>> pieces GUARDED_BY(mutex);
  };
  static constexpr int num_shards = 16;

  shard& shard_of(lt::piece_index_t piece) const noexcept;
  static std::unique_ptr<piece_entry>& slot_of(shard& in, lt::piece_index_t piece) REQUIRES_LOCK(in.mutex);
  static piece_entry* find(shard& in, lt::piece_index_t piece) REQUIRES_LOCK(in.mutex);
  piece_entry& add(shard& in, lt::piece_index_t piece) REQUIRES_LOCK(in.mutex);
  std::unique_ptr<piece_entry> take(lt::piece_index_t piece);

  void block_arrived(piece_entry& entry, lt::piece_index_t piece, int block);
  void block_rewritten(piece_entry& entry, int block);
  void advance_in_order(piece_entry& entry, lt::piece_index_t piece) const;
  void count_unhashed(piece_entry& entry);
  [[nodiscard]] int v1_left(piece_entry const& entry) const noexcept;
  [[nodiscard]] int v2_left(piece_entry const& entry) const noexcept;
  [[nodiscard]] hash_state state_of(piece_entry const& entry, lt::piece_index_t piece, hash_kinds kinds) const;

  [[nodiscard]] int v2_blocks(lt::piece_index_t piece) const noexcept;
  [[nodiscard]] bool is_all_pad(lt::piece_index_t piece) const;
  [[nodiscard]] std::int64_t last_use(lt::piece_index_t piece) const;

  piece_geometry const m_geometry;
  std::shared_ptr<block_arena> const m_arena;
  std::shared_ptr<memory_account> const m_account = std::make_shared<memory_account>();
  // A hybrid torrent is v2, and wants v1 too once libtorrent asks for it.
  std::atomic<bool> m_wants_v1;
  bool const m_wants_v2;

  mutable std::array<shard, num_shards> m_shards;
  eviction_order m_order;
  std::uint64_t m_last_generation = 0;
};

} // namespace memtorrent
