// A folder that goes with its object, with all that is in it; and what is in a folder, to be compared.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace memtorrent::test {

class temporary_folder {
 public:
  explicit temporary_folder(std::filesystem::path const& inside = std::filesystem::temp_directory_path());
  temporary_folder(temporary_folder const&) = delete;
  temporary_folder& operator=(temporary_folder const&) = delete;
  ~temporary_folder();

  [[nodiscard]] std::filesystem::path const& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

/// The files below a folder, by their names relative to it, sorted. Empty if there is no such folder.
std::vector<std::string> files_below(std::filesystem::path const& folder);

inline std::vector<std::string> const no_files;

/// All bytes of a file.
std::string content_of(std::filesystem::path const& file);

} // namespace memtorrent::test
