// The data of one torrent: which blocks of which pieces are in RAM, and who may see them. Data only: it decides
// nothing, does no I/O and knows no session.
//
// Invariants:
//   1. What is there is known by block, never by adding up lengths: duplicates of a block arrive.
//   2. The bytes of a block that anybody else references never change. A duplicate replaces such a block.
//   3. A reader sees bytes of a piece only after `mark_passed`, that is after its hash was verified.
//   4. A piece that is let go and fetched again has another generation, so that what was started for the old one can
//      tell (see disk/memory_disk_io.hpp).
//
// Thread safety: all members may be called from any thread. What changes pieces (`write`, `mark_passed`, `evict`,
// `hold_for_hashing`) comes from the network thread; readers and hash workers come from theirs.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/block_arena.hpp"
#include "cache/eviction.hpp"
#include "cache/piece_geometry.hpp"
#include "memtorrent/byte_source.hpp"

#include <libtorrent/span.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace memtorrent {

/// What the rooms above want to know of a torrent's pieces. Called on the network thread, with no lock held.
class piece_listener {
 public:
  virtual ~piece_listener() = default;
  /// The piece's hash was verified: it can be read.
  virtual void on_piece_passed(lt::piece_index_t piece) = 0;
  /// The piece was let go: it is neither had nor wanted any more (its priority is 0).
  virtual void on_piece_evicted(lt::piece_index_t piece) = 0;
  /// A block of the piece was dropped, because nothing could make room for it.
  virtual void on_block_dropped(lt::piece_index_t piece) = 0;
  /// Room is needed that only this torrent has, and it cannot be evicted because libtorrent calls the torrent a seed:
  /// check it again, so that it has a piece picker.
  virtual void on_recheck_needed() = 0;
  /// The torrent left the session, or the session ends (`errc::torrent_removed`, `errc::session_closed`).
  virtual void on_closed(boost::system::error_code reason) = 0;
};

class memory_storage {
 public:
  memory_storage(piece_geometry geometry, std::shared_ptr<block_arena> arena);

  [[nodiscard]] piece_geometry const& geometry() const noexcept { return m_geometry; }
  [[nodiscard]] block_arena& arena() const noexcept { return *m_arena; }

  /// Copies a block in: the one copy that a byte makes here. A duplicate of what has passed, or is being hashed, is
  /// left out. False, with nothing changed, when the budget has no room. REQUIRES: `offset` at a block's start, `data`
  /// not longer than the block.
  [[nodiscard]] bool write(lt::piece_index_t piece, int offset, lt::span<char const> data);

  /// Identifies the piece as it is in RAM now; 0 when nothing of it is.
  [[nodiscard]] std::uint64_t generation(lt::piece_index_t piece) const;

  /// A slice of one block, whether its piece has passed or not; nothing if it is not there.
  /// REQUIRES: [offset, offset + size) inside one block.
  [[nodiscard]] std::optional<block_slice> slice(lt::piece_index_t piece, int offset, int size_bytes);

  /// True if every byte of the run is in RAM or is pad.
  [[nodiscard]] bool holds(lt::piece_index_t piece, int offset, int size_bytes) const;

  /// Copies any run of bytes of a piece, with zeros for pads. False if a block of it is not there.
  [[nodiscard]] bool copy(lt::piece_index_t piece, int offset, lt::span<char> out);

  /// Consecutive bytes of passed pieces from `offset` of the torrent on: at most `max_bytes`, and less where a piece is
  /// missing. Marks them as used.
  [[nodiscard]] file_bytes read_passed(std::int64_t offset, std::int64_t max_bytes);

  /// References to all blocks of a piece, and the promise not to evict it until `release_hashed`. An empty reference
  /// stands for a pad block that was never sent. Nothing if a block is missing.
  [[nodiscard]] std::optional<std::vector<block_ref>> hold_for_hashing(lt::piece_index_t piece);
  void release_hashed(lt::piece_index_t piece);
  [[nodiscard]] bool is_being_hashed(lt::piece_index_t piece) const;

  void mark_passed(lt::piece_index_t piece);
  [[nodiscard]] bool has_passed(lt::piece_index_t piece) const;
  [[nodiscard]] bool is_complete(lt::piece_index_t piece) const;

  /// Takes a piece out. Its blocks stay alive, and in the budget, while others reference them.
  void evict(lt::piece_index_t piece);
  void evict_all();

  /// Forgets which pieces have passed, and drops those that are not complete: a check begins.
  void begin_recheck();

  /// A piece that could be let go.
  struct candidate {
    lt::piece_index_t piece;
    piece_rank rank;
  };
  /// All pieces of which letting go would free at least one block now, unordered. Pieces being hashed are not among
  /// them.
  [[nodiscard]] std::vector<candidate> eviction_candidates() const;
  [[nodiscard]] piece_rank rank(lt::piece_index_t piece) const;
  [[nodiscard]] std::vector<lt::piece_index_t> resident_pieces() const;

  void set_windows(std::vector<play_window> windows);

  void set_listener(std::weak_ptr<piece_listener> listener);
  [[nodiscard]] std::shared_ptr<piece_listener> listener() const;

 private:
  struct piece_entry {
    std::vector<block_ref> blocks;
    int blocks_present = 0;
    int hash_jobs = 0;
    bool passed = false;
    std::uint64_t generation = 0;
    std::int64_t last_use = 0;
    std::size_t resident_index = 0;
  };

  piece_entry* find(lt::piece_index_t piece) const REQUIRES_LOCK(m_mutex);
  piece_entry& find_or_add(lt::piece_index_t piece) REQUIRES_LOCK(m_mutex);
  std::unique_ptr<piece_entry> take(lt::piece_index_t piece) REQUIRES_LOCK(m_mutex);
  bool is_complete(piece_entry const& entry, lt::piece_index_t piece) const;
  bool is_all_pad(lt::piece_index_t piece) const;
  bool copy_block(piece_entry const* entry, lt::piece_index_t piece, int offset, lt::span<char> out) const;
  piece_rank rank(piece_entry const& entry, lt::piece_index_t piece) const REQUIRES_LOCK(m_mutex);

  piece_geometry const m_geometry;
  std::shared_ptr<block_arena> const m_arena;

  mutable annotated_mutex m_mutex;
  std::vector<std::unique_ptr<piece_entry>> m_pieces GUARDED_BY(m_mutex);
  std::vector<lt::piece_index_t> m_resident GUARDED_BY(m_mutex);
  std::uint64_t m_last_generation GUARDED_BY(m_mutex) = 0;
  std::vector<play_window> m_windows GUARDED_BY(m_mutex);
  std::weak_ptr<piece_listener> m_listener GUARDED_BY(m_mutex);
};

} // namespace memtorrent
