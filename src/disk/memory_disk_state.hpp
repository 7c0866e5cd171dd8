// What a session's memory disk I/O and everybody else share: the memory, which torrents are in it, and a way onto the
// network thread that closes with the session.
//
// Ownership: shared by the constructor, every `memory_disk` handle, the streams and the disk I/O. It outlives the
// session; the disk I/O attaches itself on creation and detaches when it is destroyed.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/budget_shares.hpp"
#include "cache/memory_storage.hpp"
#include "memtorrent/memory_disk_io.hpp"

#include <libtorrent/io_context.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace memtorrent {

class memory_disk_io;

class memory_disk_state : public std::enable_shared_from_this<memory_disk_state> {
 public:
  explicit memory_disk_state(memory_disk_config const& config)
      : m_config(config), m_arena(block_arena::create(config.budget_bytes)), m_least_budget(config.budget_bytes) {}

  [[nodiscard]] memory_disk_config const& config() const noexcept { return m_config; }
  [[nodiscard]] std::shared_ptr<block_arena> const& arena() const noexcept { return m_arena; }
  [[nodiscard]] memory_stats stats() const;
  void set_budget(std::int64_t bytes);
  /// A torrent's cap was set, or a torrent that has one left: the budget may follow (`budget_follows_caps`).
  void caps_changed();

  /// The storage of a torrent, or null when the session does not keep it in RAM.
  [[nodiscard]] std::shared_ptr<memory_storage> find(lt::torrent_handle const& torrent) const;

  /// Runs `work` on the network thread, soon. False, and nothing runs, when the session is gone. (If it goes between
  /// the call and the run, `work` is destroyed without having run.)
  bool post(std::function<void(memory_disk_io&)> work);

  /// The disk I/O, or null when it is gone. Network thread: there it stays while it is used, because it is destroyed
  /// only after that thread has run its last handler.
  [[nodiscard]] memory_disk_io* disk() const;

  /// The disk I/O's side. `attach` throws `std::logic_error` when one was attached before.
  void attach(lt::io_context& network_thread, memory_disk_io& disk);
  void detach() noexcept;
  void add(void const* torrent, std::shared_ptr<memory_storage> storage);
  void remove(memory_storage const& storage);

  /// Has the disk I/O look for space again as soon as a block is freed, or one that is watched may go.
  void await_space();

  /// What a torrent's readers need.
  struct readers_need {
    /// How much it counts beside other torrents (budget_shares.hpp); 0 while nobody plays it.
    int weight = 0;
    /// One for each piece that a reader is in: the last move that brought one there (`next_seek_number`). Idle ones
    /// aside.
    std::vector<std::uint64_t> heads;
    /// When one of them last read; one that waits reads now.
    std::chrono::steady_clock::time_point last_read;
  };
  /// When that changes, so do the shares of all.
  void set_need(memory_storage const& storage, readers_need need);
  /// True if a reader of another torrent has read since then.
  [[nodiscard]] bool is_another_read(memory_storage const& storage, std::chrono::steady_clock::time_point since) const;
  /// Counts the moves of all torrents' readers.
  [[nodiscard]] std::uint64_t next_seek_number() noexcept { return ++m_seeks; }

  struct budget_share {
    /// What the torrent's windows and pins may take.
    std::int64_t bytes = 0;
    fitting_heads fitting;
  };
  /// Or what it might be if the torrent counted for at least `least_weight`.
  [[nodiscard]] budget_share share_of(memory_storage const& storage, int least_weight = 0) const;
  /// How much of that may be pinned, also while nobody reads.
  [[nodiscard]] std::int64_t most_pinned_bytes(memory_storage const& storage) const;

  /// How long a piece is repaired, and how long for one block before another peer is asked for it as well
  /// (disk/piece_repair.hpp). What a viewer would wait for the piece to be fetched again from a swarm of some 10
  /// Mbit/s; and 0.35 s in a peer's queue of requests (docs/tuning.md), with a round trip. Tests give more, so that it
  /// does not matter how fast a machine is.
  std::atomic<std::chrono::milliseconds> longest_repair{std::chrono::milliseconds(3000)};
  std::atomic<std::chrono::milliseconds> repair_patience{std::chrono::milliseconds(800)};

  std::atomic<std::int64_t> complete_pieces_evicted{0};
  std::atomic<std::int64_t> partial_pieces_evicted{0};
  std::atomic<std::int64_t> blocks_dropped{0};
  std::atomic<std::int64_t> pieces_repaired{0};
  std::atomic<std::int64_t> peers_banned{0};

 private:
  struct entry {
    void const* torrent;
    std::shared_ptr<memory_storage> storage;
    readers_need need;
  };

  [[nodiscard]] std::int64_t wanted_limit() const;
  void update_limit();
  void update_retained() REQUIRES_LOCK(m_mutex);

  memory_disk_config const m_config;
  std::shared_ptr<block_arena> const m_arena;
  std::atomic<std::uint64_t> m_seeks{0};
  mutable annotated_mutex m_mutex;
  std::int64_t m_least_budget GUARDED_BY(m_mutex);
  bool m_was_attached GUARDED_BY(m_mutex) = false;
  lt::io_context* m_network_thread GUARDED_BY(m_mutex) = nullptr;
  memory_disk_io* m_disk GUARDED_BY(m_mutex) = nullptr;
  std::vector<entry> m_torrents GUARDED_BY(m_mutex);
};

} // namespace memtorrent
