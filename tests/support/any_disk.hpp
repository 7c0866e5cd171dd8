// Tests that run against every disk: memory, the two of libtorrent's own, and each of them behind a router. The name of
// a test tells which it was.
//
//   class DiskX : public any_disk_test {};
//   TEST_P(DiskX, DoesThis) { disk_torrent film(*m_disk, ...); ... }
//   FOR_EVERY_DISK(DiskX);

#pragma once

#include "support/disk_torrent.hpp"
#include "support/layout.hpp"
#include "support/lone_disk.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace memtorrent::test {

/// Four pieces of four blocks, in a file each.
inline lt::file_storage four_files() { return v1_layout(64 * KiB, {{64 * KiB}, {64 * KiB}, {64 * KiB}, {64 * KiB}}); }

/// Three files, with pads between them.
inline lt::file_storage a_film() { return hybrid_layout(64 * KiB, {500 * KiB, 3, 300 * KiB}); }

void PrintTo(disk_kind kind, std::ostream* out);

struct disk_choice {
  disk_kind kind;
  int threads;
  bool is_routed = false;
  friend void PrintTo(disk_choice const& choice, std::ostream* out) {
    PrintTo(choice.kind, out);
    *out << ", " << choice.threads << " threads";
  }
};

/// A disk of any kind, with space for `budget_bytes` if it has a limit. Its threads hash, and mmap's do all else too.
std::unique_ptr<lone_disk> make_disk(disk_choice const& choice, std::int64_t budget_bytes = std::int64_t{64} << 20);

/// With one thread, and with more than there are processors for.
std::vector<disk_choice> disks_of(disk_kind kind, bool are_routed = false);
std::string name_of(testing::TestParamInfo<disk_choice> const& choice);

class any_disk_test : public testing::TestWithParam<disk_choice> {
 protected:
  [[nodiscard]] bool has(habit what) const { return m_disk->has(what); }

  std::unique_ptr<lone_disk> const m_disk = make_disk(GetParam());
};

#define FOR_EVERY_BARE_DISK(suite)                                                                  \
  INSTANTIATE_TEST_SUITE_P(Memory, suite, testing::ValuesIn(disks_of(disk_kind::memory)), name_of); \
  INSTANTIATE_TEST_SUITE_P(Posix, suite, testing::ValuesIn(disks_of(disk_kind::posix)), name_of);   \
  INSTANTIATE_TEST_SUITE_P(Mmap, suite, testing::ValuesIn(disks_of(disk_kind::mmap)), name_of)
#define FOR_EVERY_ROUTED_DISK(suite)                                                                            \
  INSTANTIATE_TEST_SUITE_P(RoutedMemory, suite, testing::ValuesIn(disks_of(disk_kind::memory, true)), name_of); \
  INSTANTIATE_TEST_SUITE_P(RoutedPosix, suite, testing::ValuesIn(disks_of(disk_kind::posix, true)), name_of);   \
  INSTANTIATE_TEST_SUITE_P(RoutedMmap, suite, testing::ValuesIn(disks_of(disk_kind::mmap, true)), name_of)

#define FOR_EVERY_DISK(suite) \
  FOR_EVERY_BARE_DISK(suite); \
  FOR_EVERY_ROUTED_DISK(suite)

} // namespace memtorrent::test
