// What a session's memory disk I/O shares with streams and embedders. Each is a part of its own; here they are only put
// together:
//
//   - the memory (block_arena), and which torrents are in it (torrent_registry)
//   - what their readers may take of it (reader_shares)
//   - the way onto the network thread (network_thread)
//
// Ownership: shared by the constructor, every `memory_disk` handle, the streams and the disk I/O. It outlives the
// session; the disk I/O attaches itself on creation and detaches when it is destroyed.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"
#include "bridge/network_thread.hpp"
#include "disk/disk_counts.hpp"
#include "disk/reader_shares.hpp"
#include "disk/torrent_registry.hpp"
#include "memtorrent/memory_disk.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace memtorrent {

class reader_space;

class memory_disk_state : public std::enable_shared_from_this<memory_disk_state> {
 public:
  explicit memory_disk_state(memory_disk_config const& config);

  [[nodiscard]] memory_disk_config const& config() const noexcept { return m_config; }
  [[nodiscard]] std::shared_ptr<block_arena> const& arena() const noexcept { return m_arena; }
  [[nodiscard]] std::shared_ptr<network_thread> const& network() const noexcept { return m_network; }
  [[nodiscard]] reader_shares& shares() noexcept { return m_shares; }
  [[nodiscard]] disk_counts& counts() noexcept { return m_counts; }

  [[nodiscard]] memory_stats stats() const;

  void add(void const* torrent, std::shared_ptr<memory_storage> const& storage);
  void remove(memory_storage const& storage);
  /// The storage of a torrent, or null when the session does not keep it in RAM.
  [[nodiscard]] std::shared_ptr<memory_storage> find(lt::torrent_handle const& torrent) const {
    return m_torrents.find(torrent);
  }

  /// Sets the budget; with `budget_follows_caps`: the least that it is.
  void set_budget(std::int64_t bytes);
  /// A torrent's cap or guarantee was set: shares change, and the budget may follow (`budget_follows_caps`).
  void limits_changed();

  /// Runs `work` on the network thread, with the disk's side for streams. False: as `network_thread::post`.
  bool post(std::function<void(reader_space&)> work);

  /// The disk I/O's side. `attach` throws `std::logic_error` when one was attached before.
  void attach(lt::io_context& io, reader_space& space);
  void detach() noexcept;
  /// Null when the disk I/O is gone.
  [[nodiscard]] reader_space* space() const;

 private:
  [[nodiscard]] std::int64_t wanted_budget() const;
  void update_budget();

  memory_disk_config const m_config;
  std::shared_ptr<block_arena> const m_arena;
  std::shared_ptr<network_thread> const m_network;
  torrent_registry m_torrents;
  reader_shares m_shares;
  disk_counts m_counts;
  mutable annotated_mutex m_mutex;
  std::int64_t m_least_budget GUARDED_BY(m_mutex);
  reader_space* m_space GUARDED_BY(m_mutex) = nullptr;
};

} // namespace memtorrent
