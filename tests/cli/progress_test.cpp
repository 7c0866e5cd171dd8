#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace memtorrent::cli {
namespace {

session::stream_progress playing() {
  session::stream_progress now;
  now.has_metadata = true;
  now.peers = 3;
  now.seeds = 2;
  now.rate_bytes_per_s = 2 * 1024 * 1024;
  now.buffered_bytes = 12 * 1024 * 1024;
  now.used_bytes = 32 * 1024 * 1024;
  now.budget_bytes = 64 * 1024 * 1024;
  now.open_readers = 1;
  return now;
}

TEST(Progress, IsOneLine) {
  EXPECT_EQ(progress_line(playing()), "buffer 12.0 MiB, 2.0 MiB/s, 3 peers (2 seeds), RAM 32.0 MiB of 64.0 MiB");
}

TEST(Progress, SaysWhatIsWaitedFor) {
  EXPECT_EQ(waiting_reason(playing()), "");
  auto now = playing();
  now.open_readers = 0;
  EXPECT_EQ(waiting_reason(now), "waiting for a player");
  now.peers = 0;
  EXPECT_EQ(waiting_reason(now), "no peers yet");
  now.has_metadata = false;
  EXPECT_EQ(waiting_reason(now), "waiting for metadata, no peers yet");
  now.peers = 1;
  EXPECT_EQ(waiting_reason(now), "waiting for metadata");
  EXPECT_EQ(progress_line(now).rfind("waiting for metadata: buffer ", 0), 0U);
}

TEST(Progress, SaysHowFarAPreloadIs) {
  auto now = playing();
  now.open_readers = 0;
  now.preload.emplace();
  now.preload->bytes_there = 12 * 1024 * 1024;
  now.preload->bytes_wanted = 32 * 1024 * 1024;
  EXPECT_EQ(waiting_reason(now), "preloading 12.0 MiB of 32.0 MiB");
  now.preload->left = std::chrono::milliseconds(2100);
  EXPECT_EQ(waiting_reason(now), "preloading 12.0 MiB of 32.0 MiB, about 3 s left");
  EXPECT_EQ(waiting_kind(now), "preload") << "no new line in a log for each figure";
}

TEST(Progress, SaysWhatAReaderWaitsFor) {
  auto now = playing();
  now.wait.reason = wait_reason::nobody_has_it;
  now.wait.piece = lt::piece_index_t(7);
  EXPECT_EQ(progress_line(now).rfind("no peer has piece 7: buffer ", 0), 0U);
  auto const kind = waiting_kind(now);
  now.wait.piece = lt::piece_index_t(8);
  EXPECT_EQ(waiting_kind(now), kind);
  now.wait.reason = wait_reason::choked;
  EXPECT_NE(waiting_kind(now), kind);
}

TEST(Progress, EndsWithExactFigures) {
  memory_stats memory;
  memory.budget_bytes = 100;
  memory.peak_bytes = 90;
  memory.complete_pieces_evicted = 3;
  memory.partial_pieces_evicted = 2;
  memory.blocks_dropped = 1;
  memory.peers_banned = 2;
  EXPECT_EQ(summary_line(1234, memory, 3),
            "downloaded 1234 bytes, peak RAM 90 of 100 bytes, evicted 3 complete and 2 partial pieces, dropped 1 "
            "blocks, banned 5 peers");
}

} // namespace
} // namespace memtorrent::cli
