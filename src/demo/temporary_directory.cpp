#include "demo/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace memtorrent::demo {

temporary_directory::temporary_directory(std::function<void(std::string const&)> complain)
    : m_complain(std::move(complain)) {
  auto pattern = (std::filesystem::temp_directory_path() / "memtorrent-XXXXXX").string();
  if (!mkdtemp(pattern.data())) {
    throw std::runtime_error("cannot make the directory " + pattern + ": " + std::generic_category().message(errno));
  }
  m_path = pattern;
}

temporary_directory::~temporary_directory() {
  std::error_code ec;
  std::filesystem::remove_all(m_path, ec);
  if (ec) m_complain("cannot remove " + m_path.string() + ": " + ec.message());
}

} // namespace memtorrent::demo
