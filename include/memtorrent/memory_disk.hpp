// Torrents in RAM: the disk I/O to hand to a libtorrent 2.0 session.
//
//   memtorrent::memory_disk_config config;
//   config.budget_bytes = 64 << 20;
//   memtorrent::memory_disk_constructor ram(config);
//   lt::session_params params;
//   params.disk_io_constructor = ram;
//   lt::session session(std::move(params));
//   auto disk = ram.disk();            // safe to keep and to use after the session is gone
//
// If the libtorrent that is loaded is not the version that memtorrent was compiled for, the session's constructor
// throws `boost::system::system_error` with `errc::picker_mismatch`.
//
// One `memory_disk_constructor` serves one session. All torrents of that session share its budget. Several sessions in
// one process each have their own; nothing is global.

#pragma once

#include "memtorrent/byte_range.hpp"
#include "memtorrent/error.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace memtorrent {

/// Everything an embedder can set, with the default and the reason for it.
struct memory_disk_config {
  /// The most bytes that blocks may take, over all torrents, in whole blocks of 16 KiB. It is a hard limit: no block is
  /// admitted above it. 64 MiB holds about 25 s of a 20 Mbit/s film, and leaves space on a 512 MiB device.
  std::int64_t budget_bytes = std::int64_t{64} * 1024 * 1024;

  /// Threads that hash. 0 takes half of the machine's cores, at least one and at most four: the network thread needs
  /// one, a player the rest. `settings_pack::hashing_threads` counts instead when it is not libtorrent's default, and
  /// whenever it is changed.
  int hash_threads = 0;

  /// How long a piece that failed its hash is repaired at most, before libtorrent is told that it failed. That is what
  /// a viewer would wait for the piece to be fetched again from a swarm of some 10 Mbit/s.
  std::chrono::milliseconds longest_repair{3000};
  /// How long a repair waits for one block before it asks another peer for it as well: 0.35 s in a peer's queue of
  /// requests (docs/tuning.md), and a round trip.
  std::chrono::milliseconds repair_patience{800};

  /// If true: budget = max(`budget_bytes`, sum of the torrents' caps), so that each torrent can fill its cap. For
  /// embedders that give memory to torrents, not to sessions.
  bool budget_follows_caps = false;
};

/// A reading of the memory in use. Bytes are whole blocks.
struct memory_stats {
  std::int64_t budget_bytes = 0;
  /// Every block that is alive: of complete and partial pieces, and of evicted ones still referenced by a peer's
  /// send or by a reader.
  std::int64_t used_bytes = 0;
  /// The most that `used_bytes` ever was.
  std::int64_t peak_bytes = 0;
  /// Memory taken from the system for blocks, in use or kept for reuse.
  std::int64_t mapped_bytes = 0;
  /// Pieces evicted since the start: complete ones, and partly downloaded ones.
  std::int64_t complete_pieces_evicted = 0;
  std::int64_t partial_pieces_evicted = 0;
  /// Blocks that arrived when nothing could make space for them, and were dropped to be fetched again if wanted.
  std::int64_t blocks_dropped = 0;
  /// Pieces that failed their hash, and passed after wrong blocks were replaced by other peers' blocks. libtorrent
  /// never sees these failures.
  std::int64_t pieces_repaired = 0;
  /// Peers that gave the wrong blocks, and were banned. libtorrent posts no `peer_ban_alert` for them.
  std::int64_t peers_banned = 0;
};

/// A reading of one torrent's memory. Bytes are whole blocks.
struct torrent_memory_stats {
  /// The torrent's blocks that are alive.
  std::int64_t used_bytes = 0;
  /// As set; 0 for no cap.
  std::int64_t cap_bytes = 0;
  std::int64_t guarantee_bytes = 0;
  /// What its readers' windows may take now: its fair share of the budget. 0 while nobody reads it.
  std::int64_t share_bytes = 0;
};

/// The least budget on which a torrent with pieces of `piece_length_bytes` can be streamed: two pieces, in blocks.
std::int64_t minimum_budget_bytes(std::int64_t piece_length_bytes) noexcept;

/// Removes from resume data the claims to have pieces, because pieces in RAM now will not be there when it is loaded.
/// Call it on the `params` of a `save_resume_data_alert` before they are saved. (Resume data that still claims pieces
/// costs a check on load, which finds nothing and is over at once.)
void forget_pieces_in_memory(lt::add_torrent_params& resume_data);

class memory_disk_state;

/// The embedder's side of a memory disk I/O: a value, cheap to copy, safe on any thread and after the session is gone
/// (then readings show what is still alive, and nothing is evicted any more).
class memory_disk {
 public:
  explicit memory_disk(std::shared_ptr<memory_disk_state> state) noexcept : m_state(std::move(state)) {}

  [[nodiscard]] memory_stats stats() const;

  /// Changes the budget (with `budget_follows_caps`: its minimum). If it is lowered, pieces are evicted at once, on the
  /// network thread, and memory goes back to the system.
  void set_budget(std::int64_t bytes);

  /// What follows concerns one torrent. Errors of all: `not_in_memory`, also when the torrent has left.

  [[nodiscard]] torrent_memory_stats stats(lt::torrent_handle const& torrent, boost::system::error_code& ec) const;

  /// The most that the torrent's blocks may take, within the budget; 0 for no cap. What is above it is evicted at once.
  /// Errors: `budget_too_small` when `bytes` < min(two pieces of the torrent, all of the torrent).
  void set_cap(lt::torrent_handle const& torrent, std::int64_t bytes, boost::system::error_code& ec);

  /// Bytes of the budget that no other torrent may take from this one; 0 takes that back. Bytes of it that others hold
  /// now stay theirs until space is needed. Errors: `guarantee_too_large`. If the budget shrinks below the sum of all
  /// guarantees later, they shrink with it.
  void set_guarantee(lt::torrent_handle const& torrent, std::int64_t bytes, boost::system::error_code& ec);

  /// Pins the pieces that hold `ranges`, such as the head and the tail of a file: once they are there they are not
  /// evicted. It does not have them downloaded. Replaces what was pinned before; empty pins nothing.
  ///
  ///     pinned <= share / 2, and pinned <= share - two pieces, which stay for the window at the play head
  ///
  /// Errors: `pin_limit_exceeded`, with nothing changed. If the share shrinks later, the last ranges lose their pin.
  void pin(lt::torrent_handle const& torrent, std::vector<byte_range> const& ranges, boost::system::error_code& ec);

  /// For the layers above the disk I/O.
  [[nodiscard]] std::shared_ptr<memory_disk_state> const& state() const noexcept { return m_state; }

 private:
  std::shared_ptr<memory_disk_state> m_state;
};

/// What `lt::session_params::disk_io_constructor` takes. Copies share one disk I/O.
class memory_disk_constructor {
 public:
  explicit memory_disk_constructor(memory_disk_config const& config = {});

  /// Called by the session. Throws `std::logic_error` when a second session asks.
  std::unique_ptr<lt::disk_interface> operator()(lt::io_context& network_thread, lt::settings_interface const& settings,
                                                 lt::counters& counters) const;

  [[nodiscard]] memory_disk disk() const noexcept { return memory_disk(m_state); }

 private:
  std::shared_ptr<memory_disk_state> m_state;
};

} // namespace memtorrent
