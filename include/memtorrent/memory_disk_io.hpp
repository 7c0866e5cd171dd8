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
// One `memory_disk_constructor` serves one session. All torrents of that session share its budget. Several sessions in
// one process each have their own; nothing is global.

#pragma once

#include "memtorrent/error.hpp"

#include <libtorrent/session_params.hpp>

#include <cstdint>
#include <memory>

namespace memtorrent {

/// Everything an embedder can set, with the default and the reason for it.
struct memory_disk_config {
  /// The most bytes that blocks may take, over all torrents, counted by whole blocks of 16 KiB. Hard: nothing is
  /// admitted above it. 64 MiB holds about 25 s of a 20 Mbit/s film, and leaves room on a 512 MiB device.
  std::int64_t budget_bytes = std::int64_t{64} * 1024 * 1024;
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
  /// Pieces let go since the start: complete ones, and ones that were partly downloaded.
  std::int64_t complete_pieces_evicted = 0;
  std::int64_t partial_pieces_evicted = 0;
  /// Blocks that arrived when nothing could make room for them, and were dropped to be fetched again if wanted.
  std::int64_t blocks_dropped = 0;
};

/// The least budget on which a torrent with pieces of `piece_length_bytes` can be streamed: two pieces, in blocks.
std::int64_t minimum_budget_bytes(std::int64_t piece_length_bytes) noexcept;

class memory_disk_state;

/// The embedder's side of a memory disk I/O: a value, cheap to copy, safe on any thread and after the session is gone
/// (then readings show what is still alive, and nothing is evicted any more).
class memory_disk {
 public:
  explicit memory_disk(std::shared_ptr<memory_disk_state> state) noexcept : m_state(std::move(state)) {}

  [[nodiscard]] memory_stats stats() const;

  /// Changes the budget. Down: pieces are evicted on the network thread at once, and memory goes back to the system.
  void set_budget(std::int64_t bytes);

  /// For the rooms above the disk I/O.
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
