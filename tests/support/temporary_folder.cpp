#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace memtorrent::test {

temporary_folder::temporary_folder(std::filesystem::path const& inside) {
  auto pattern = (inside / "memtorrent-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder: " + pattern);
  m_path = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored_when_already_gone;
  std::filesystem::remove_all(m_path, ignored_when_already_gone);
}

std::vector<std::string> files_below(std::filesystem::path const& folder) {
  std::vector<std::string> names;
  if (std::filesystem::is_directory(folder))
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
      if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string content_of(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace memtorrent::test
