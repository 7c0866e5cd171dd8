// When peers must stop sending, and when they may go on: what `disk_interface::async_write` answers.
//
// There are two reasons to hold a peer back. A peer that just sent a block is held back at the high mark, and told to
// go on at the low mark (`disk_observer::on_disk`), exactly once.
//
// Hashing: bytes that workers have still to hash. Else a device whose network is faster than its SHA-1 would fill its
// budget with pieces that can neither be read nor evicted.
//
//     high mark = max(budget / 8, settings_pack::max_queued_disk_bytes)
//     low mark  = high mark / 2, as in libtorrent's own disk I/O
//
// (The setting's default of 1 MiB alone would hold peers back whenever a worker loses its processor for a moment.)
//
// Space: no piece may go for this torrent's next block, and little of the budget is free.
//
//     spare     = budget / 64, at least one block and at most 16
//     held back = less than spare is free; told to go on = 1.5 * spare is free, or a piece may go
//
// The next block of a torrent that is streamed may belong to the piece under a play head, for which every other piece
// may go. So there one dropped block does not hold its peer back.
//
// When a torrent leaves, its peers are told to go on; when the session ends, all are.
//
// Thread: the network thread, but for `blocks_hashed`.

#pragma once

#include "disk/evictor.hpp"
#include "disk/space_signal.hpp"

#include <libtorrent/disk_observer.hpp>
#include <libtorrent/io_context.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace memtorrent {

class back_pressure {
 public:
  /// All of these outlive it; the workers that say `blocks_hashed` do not.
  back_pressure(lt::io_context& io, block_arena& arena, torrent_slots& torrents, evictor& evictor,
                space_signal const& signal)
      : m_io(io), m_arena(arena), m_torrents(torrents), m_evictor(evictor), m_signal(signal) {}

  /// `max_queued_disk_bytes` has changed.
  void set_max_queued(std::int64_t bytes);

  /// True if the peer that sent a block to `torrent` is to wait until `observer` is told.
  bool hold_back(torrent_slot& torrent, std::shared_ptr<lt::disk_observer> const& observer);

  /// Space may have come: tells the peers that may go on.
  void check();
  /// The torrent leaves: tells its peers to go on.
  void let_go_on(memory_storage const& storage);
  /// The session ends: tells all peers to go on, and holds none back any more.
  void end();

  /// A worker has hashed blocks. Any thread.
  void blocks_hashed();

 private:
  enum class reason { hashing, space };
  struct held_peer {
    std::weak_ptr<lt::disk_observer> observer;
    std::weak_ptr<memory_storage> storage;
    reason why;
  };

  [[nodiscard]] std::int64_t high_mark() const noexcept;
  [[nodiscard]] bool has_space(torrent_slot& torrent, std::int64_t blocks);
  [[nodiscard]] bool may_go_on(held_peer const& peer);
  template <typename Predicate>
  void tell_if(Predicate may_go_on);

  lt::io_context& m_io;
  block_arena& m_arena;
  torrent_slots& m_torrents;
  evictor& m_evictor;
  space_signal const& m_signal;
  std::atomic<std::int64_t> m_max_queued_bytes{0};
  std::atomic<bool> m_waits_for_hashing{false};
  bool m_ended = false;
  std::vector<held_peer> m_held;
};

} // namespace memtorrent
