#include "support/film.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <libtorrent/torrent_status.hpp>

#include <future>
#include <random>

namespace memtorrent::test {

namespace {

constexpr std::int64_t MiB = 1024 * 1024;

TEST(TorrentStream, ReadsAFileThatFits) {
  film const f({.size_bytes = 8 * MiB + 12345});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 32 * MiB);
  auto reader = p->open();

  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  EXPECT_TRUE(p->problems().empty()) << p->problems().front();
}

TEST(TorrentStream, ReadsAFileEightTimesTheBudget) {
  film const f({.size_bytes = 64 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();

  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
  EXPECT_GT(p->disk.stats().complete_pieces_evicted, 0);
  EXPECT_TRUE(p->problems().empty()) << p->problems().front();
}

} // namespace

} // namespace memtorrent::test
