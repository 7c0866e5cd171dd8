#include "support/file_disk.hpp"

#include <gtest/gtest.h>
#include <libtorrent/mmap_disk_io.hpp>
#include <libtorrent/posix_disk_io.hpp>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace memtorrent::test {

namespace {

std::filesystem::path new_directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "memtorrent-disk-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::system_error(errno, std::generic_category(), pattern);
  return pattern;
}

} // namespace

file_disk::file_disk(disk_kind kind, int threads) : lone_disk(kind), m_directory(new_directory()) {
  // Files of a test are small, and would not be mapped.
  settings().set_int(lt::settings_pack::mmap_file_size_cutoff, 0);
  begin_session(kind == disk_kind::posix ? lt::posix_disk_io_constructor : lt::mmap_disk_io_constructor, threads);
}

file_disk::~file_disk() {
  end_session();
  std::error_code ec;
  std::filesystem::remove_all(m_directory, ec);
  EXPECT_FALSE(ec) << m_directory << ": " << ec.message();
}

std::filesystem::path file_disk::new_save_path() { return m_directory / std::to_string(++m_torrents); }

} // namespace memtorrent::test
