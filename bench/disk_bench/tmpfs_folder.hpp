// A folder in RAM that goes with its object.

#pragma once

#include <filesystem>

namespace memtorrent::bench {

class tmpfs_folder {
 public:
  /// Throws `std::runtime_error`.
  tmpfs_folder();
  tmpfs_folder(tmpfs_folder const&) = delete;
  tmpfs_folder& operator=(tmpfs_folder const&) = delete;
  ~tmpfs_folder();

  [[nodiscard]] std::filesystem::path const& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

} // namespace memtorrent::bench
