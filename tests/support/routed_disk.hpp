// A router without a session, with memory behind it and a disk for files, in a directory that goes with it.

#pragma once

#include "memtorrent/hybrid_disk.hpp"
#include "support/idle_workers.hpp"
#include "support/lone_disk.hpp"
#include "support/temporary_folder.hpp"

namespace memtorrent::test {

/// Fails the test when it goes and any block is still alive: hold buffers for a shorter time.
class routed_disk final : public lone_disk {
 public:
  /// The save path of a torrent that goes to memory. Every other one goes to files.
  static constexpr char const* in_memory = "in memory";

  /// A disk that looks like one of `kind`, because `new_save_path` sends every torrent there.
  routed_disk(disk_kind kind, int threads, std::int64_t budget_bytes = std::int64_t{4} << 20);
  /// With `files` for the torrents in files, which need not run any thread.
  explicit routed_disk(lt::disk_io_constructor_type files);
  ~routed_disk() override;

  [[nodiscard]] memory_stats stats() const { return m_disk.memory().stats(); }

  [[nodiscard]] std::filesystem::path const& folder() const { return m_folder.path(); }
  [[nodiscard]] std::filesystem::path new_save_path() override;
  void wait_for_workers() override { test::wait_for_workers(m_disk.memory()); }

 private:
  routed_disk(disk_kind kind, int threads, std::int64_t budget_bytes, lt::disk_io_constructor_type files);

  temporary_folder const m_folder;
  int m_torrents = 0;
  hybrid_disk_constructor const m_constructor;
  hybrid_disk const m_disk = m_constructor.disk();
};

} // namespace memtorrent::test
