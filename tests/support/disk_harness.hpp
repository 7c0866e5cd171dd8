// A memory disk I/O without a session: what any lone_disk has, and the embedder's side of it.
//
// Its torrents have no lt::torrent behind them, so there is no picker to tell when a piece goes.

#pragma once

#include "disk/memory_disk_state.hpp"
#include "memtorrent/memory_disk.hpp"
#include "support/disk_torrent.hpp"
#include "support/idle_workers.hpp"
#include "support/lone_disk.hpp"

#include <cstdint>

namespace memtorrent::test {

/// Fails the test when it goes and any block is still alive: hold buffers for a shorter time.
class disk_harness final : public lone_disk {
 public:
  explicit disk_harness(std::int64_t budget_bytes, int hashing_threads = 1);
  ~disk_harness() override;

  [[nodiscard]] memory_disk& disk() { return m_disk; }
  [[nodiscard]] memory_stats stats() const { return m_disk.stats(); }
  [[nodiscard]] memory_disk_constructor const& constructor() const { return m_constructor; }

  [[nodiscard]] std::filesystem::path new_save_path() override { return "nowhere"; }
  void wait_for_workers() override { test::wait_for_workers(m_disk); }

 private:
  memory_disk_constructor m_constructor;
  memory_disk m_disk;
};

} // namespace memtorrent::test
