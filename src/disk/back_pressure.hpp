// When peers must stop sending, and when they may go on: what `disk_interface::async_write` answers.
//
// Two things can be too much. Each has a high mark, above which a peer that just sent a block is held back, and a low
// one, below which it is told to go on (`disk_observer::on_disk`), exactly once:
//
//   - Hashing: blocks that workers have still to hash. High: an eighth of the budget, but not less than
//     `settings_pack::max_queued_disk_bytes`; low: half of that, as in libtorrent's own disk I/O. A device whose
//     network is faster than its SHA-1 would otherwise fill its budget with pieces that can neither be read nor let go.
//     (The setting's default of 1 MiB alone would hold peers back whenever a worker is not on a processor for a
//     moment.)
//   - Space: nothing is left that may go for the sake of this torrent's next block. High: less than a 64th of the
//   budget
//     is free then, at least one block and at most 16; low: half as much again is free, or something may go. For a
//     torrent that is streamed, the next block may be the one under a play head, for which everything else goes; so one
//     dropped block does not hold its peer back.
//
// A torrent that leaves, and the session's end, let everybody go on.
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

  /// Space may have come: tells whoever may go on.
  void check();
  /// Tells whoever waits for this torrent, which leaves.
  void let_go_on(memory_storage const& storage);
  /// Tells everybody, for good.
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
