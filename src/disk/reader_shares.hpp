// What the readers of each torrent may take of the budget.
//
//   a change (need, budget, cap, guarantee, a torrent that comes or goes) --> all shares are computed once
//        --> take_changed: each torrent whose share has changed, told once (reader_space)
//
// Asking for a share costs a look-up, never a computation.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/budget_shares.hpp"
#include "cache/memory_storage.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace memtorrent {

/// What a torrent's readers need.
struct readers_need {
  /// How much it counts beside other torrents (budget_shares.hpp); 0 while nobody plays it.
  int weight = 0;
  /// For each piece that a reader is in, the number of the last seek into it (`next_seek_number`). Without idle
  /// readers.
  std::vector<std::uint64_t> heads;
  /// When one of the readers last read. A reader that waits reads now.
  std::chrono::steady_clock::time_point last_read;
};

/// What a torrent has of the budget for its readers.
struct reader_share {
  /// For windows and pins together; 0 while nobody reads.
  std::int64_t bytes = 0;
  /// The heads that there is space for.
  fitting_heads fitting;

  friend bool operator==(reader_share const& a, reader_share const& b) {
    return a.bytes == b.bytes && a.fitting == b.fitting;
  }
};

class reader_shares {
 public:
  explicit reader_shares(std::shared_ptr<block_arena const> arena) : m_arena(std::move(arena)) {}

  void add(std::shared_ptr<memory_storage> torrent);
  void remove(memory_storage const& torrent);
  void set_need(memory_storage const& torrent, readers_need need);
  /// The budget, a cap or a guarantee has changed.
  void limits_changed();

  [[nodiscard]] reader_share share_of(memory_storage const& torrent) const;
  /// How much of its share a torrent may pin. While nobody reads it: of the share that it would have with a reader.
  [[nodiscard]] std::int64_t most_pinned_bytes(memory_storage const& torrent) const;

  /// The torrents whose share has changed since this was last called.
  [[nodiscard]] std::vector<std::shared_ptr<memory_storage>> take_changed();

  /// True if a reader of another torrent has read after `since`.
  [[nodiscard]] bool is_another_read(memory_storage const& torrent, std::chrono::steady_clock::time_point since) const;

  /// The next number of a seek. All torrents' readers are counted together; a first read is a seek too.
  [[nodiscard]] std::uint64_t next_seek_number() noexcept { return ++m_seeks; }

 private:
  struct entry {
    std::shared_ptr<memory_storage> torrent;
    readers_need need;
    reader_share share;
    bool is_changed = false;
  };

  [[nodiscard]] entry* find(memory_storage const& torrent) REQUIRES_LOCK(m_mutex);
  [[nodiscard]] entry const* find(memory_storage const& torrent) const REQUIRES_LOCK(m_mutex);
  [[nodiscard]] std::vector<reader_share> compute(entry const* read_by_one_at_least) const REQUIRES_LOCK(m_mutex);
  void compute_all() REQUIRES_LOCK(m_mutex);

  std::shared_ptr<block_arena const> const m_arena;
  std::atomic<std::uint64_t> m_seeks{0};
  mutable annotated_mutex m_mutex;
  std::vector<entry> m_torrents GUARDED_BY(m_mutex);
};

} // namespace memtorrent
