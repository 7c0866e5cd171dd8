#include "support/routed_disk.hpp"

#include <gtest/gtest.h>
#include <libtorrent/mmap_disk_io.hpp>
#include <libtorrent/posix_disk_io.hpp>

#include <utility>

namespace memtorrent::test {

namespace {

hybrid_disk_config by_save_path(std::int64_t budget_bytes, lt::disk_io_constructor_type files) {
  hybrid_disk_config config;
  config.memory.budget_bytes = budget_bytes;
  config.files = std::move(files);
  config.choose = [](lt::storage_params const& params) {
    return params.path == routed_disk::in_memory ? place::memory : place::files;
  };
  return config;
}

// Beside memory stands the one without threads, which would keep the io_context running.
lt::disk_io_constructor_type files_of(disk_kind kind) {
  return kind == disk_kind::mmap ? lt::mmap_disk_io_constructor : lt::posix_disk_io_constructor;
}

} // namespace

routed_disk::routed_disk(disk_kind kind, int threads, std::int64_t budget_bytes)
    : routed_disk(kind, threads, budget_bytes, files_of(kind)) {}

routed_disk::routed_disk(lt::disk_io_constructor_type files)
    : routed_disk(disk_kind::memory, 1, std::int64_t{4} << 20, std::move(files)) {}

routed_disk::routed_disk(disk_kind kind, int threads, std::int64_t budget_bytes, lt::disk_io_constructor_type files)
    : lone_disk(kind), m_constructor(by_save_path(budget_bytes, std::move(files))) {
  // Files of a test are small, and would not be mapped.
  settings().set_int(lt::settings_pack::mmap_file_size_cutoff, 0);
  begin_session(m_constructor, threads);
}

routed_disk::~routed_disk() {
  end_session();
  EXPECT_EQ(stats().used_bytes, 0);
  EXPECT_EQ(stats().mapped_bytes, 0);
}

std::filesystem::path routed_disk::new_save_path() {
  return kind() == disk_kind::memory ? std::filesystem::path(in_memory) : folder() / std::to_string(++m_torrents);
}

} // namespace memtorrent::test
