#include "disk_bench/tmpfs_folder.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace memtorrent::bench {

tmpfs_folder::tmpfs_folder() {
  std::string pattern = "/dev/shm/memtorrent-disk-XXXXXX";
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder: " + pattern);
  m_path = pattern;
}

tmpfs_folder::~tmpfs_folder() {
  std::error_code ignored_when_already_gone;
  std::filesystem::remove_all(m_path, ignored_when_already_gone);
}

} // namespace memtorrent::bench
