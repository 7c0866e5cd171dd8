// libtorrent's own disks, without a session, over files in a directory that goes with them.

#pragma once

#include "support/lone_disk.hpp"

namespace memtorrent::test {

class file_disk final : public lone_disk {
 public:
  /// `kind`: posix or mmap.
  file_disk(disk_kind kind, int threads);
  ~file_disk() override;

  [[nodiscard]] std::filesystem::path new_save_path() override;

 private:
  std::filesystem::path const m_directory;
  int m_torrents = 0;
};

} // namespace memtorrent::test
