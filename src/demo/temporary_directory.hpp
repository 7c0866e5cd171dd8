// A directory that goes with its object.

#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace memtorrent::demo {

class temporary_directory {
 public:
  /// Makes one in the system's place for such (TMPDIR), which only this user can look into. Throws
  /// `std::runtime_error`. `complain` is told when it cannot be removed at the end.
  explicit temporary_directory(std::function<void(std::string const&)> complain);
  temporary_directory(temporary_directory const&) = delete;
  temporary_directory& operator=(temporary_directory const&) = delete;
  /// Removes it with all that is in it.
  ~temporary_directory();

  [[nodiscard]] std::filesystem::path const& path() const { return m_path; }

 private:
  std::function<void(std::string const&)> const m_complain;
  std::filesystem::path m_path;
};

} // namespace memtorrent::demo
