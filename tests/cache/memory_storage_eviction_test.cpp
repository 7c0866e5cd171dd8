#include "cache/memory_storage.hpp"

#include "support/short_names.hpp"
#include "support/stored_torrent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

// What goes, what may go and what is kept from going: generations, candidates, rechecks.

namespace memtorrent::test {

// ---- letting go ----

TEST(MemoryStorage, HasAnotherGenerationAfterAPieceWasLetGo) {
  stored_torrent torrent(plain_layout());
  EXPECT_EQ(torrent->generation(piece(0)), 0U);
  ASSERT_TRUE(torrent.write(0, 0));
  auto const first = torrent->generation(piece(0));
  ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_EQ(torrent->generation(piece(0)), first);
  EXPECT_NE(first, 0U);

  torrent->evict(piece(0));
  EXPECT_EQ(torrent->generation(piece(0)), 0U);
  ASSERT_TRUE(torrent.write(0, 0));
  EXPECT_NE(torrent->generation(piece(0)), 0U);
  EXPECT_NE(torrent->generation(piece(0)), first);
}

TEST(MemoryStorage, ForgetsAllOfAPieceThatIsLetGo) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  torrent.pass(1);
  torrent->evict(piece(0));
  EXPECT_EQ(torrent.used(), 4 * block_bytes);
  EXPECT_EQ(torrent.resident(), (std::vector{1}));
  EXPECT_FALSE(torrent->has_passed(piece(0)));
  EXPECT_FALSE(torrent->is_complete(piece(0)));
  EXPECT_EQ(torrent.copy(0, 0, 1), "not there");
  torrent.write_piece(0);
  EXPECT_FALSE(torrent->has_passed(piece(0)));
}

TEST(MemoryStorage, LetsGoOfWhatIsNotThere) {
  stored_torrent torrent(plain_layout());
  torrent->evict(piece(0));
  torrent->evict_all();
  EXPECT_EQ(torrent.resident(), (std::vector<int>{}));
}

TEST(MemoryStorage, KnowsWhichPiecesAreThereInWhateverOrderTheyGo) {
  stored_torrent torrent(v1_layout(16 * KiB, {{8 * 16 * KiB}}));
  for (int p = 0; p < 8; ++p) ASSERT_TRUE(torrent.write(p, 0));
  for (int const p : {7, 0, 3}) torrent->evict(piece(p));
  EXPECT_EQ(torrent.resident(), (std::vector{1, 2, 4, 5, 6}));
  ASSERT_TRUE(torrent.write(3, 0));
  for (int const p : {6, 1, 2}) torrent->evict(piece(p));
  EXPECT_EQ(torrent.resident(), (std::vector{3, 4, 5}));
}

TEST(MemoryStorage, CountsBlocksOfAnEvictedPieceWhileTheyAreReferenced) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  auto held = torrent->read_passed(0, 20'000);
  torrent->evict(piece(0));
  EXPECT_EQ(torrent.used(), 2 * block_bytes);
  EXPECT_TRUE(std::equal(held[0].data, held[0].data + 100, torrent.bytes().piece(0).begin()));
  held.clear();
  EXPECT_EQ(torrent.used(), 0);
}

TEST(MemoryStorage, OffersForEvictionWhatWouldFreeABlock) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  torrent.pass(1);
  auto held = torrent->read_passed(0, 64 * KiB);
  EXPECT_EQ(torrent.candidates(), (std::vector{1}));
  held.pop_back();
  EXPECT_EQ(torrent.candidates(), (std::vector{1, 0}));
}

TEST(MemoryStorage, OffersPartialPiecesForEvictionToo) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(2, 1));
  EXPECT_EQ(torrent.candidates(), (std::vector{2}));
}

TEST(MemoryStorage, RanksByTheLatestUseOfAPiece) {
  stored_torrent torrent(plain_layout());
  for (int p = 0; p < 3; ++p) torrent.pass(p);
  auto const least_recently_used = [&] { return torrent.candidates().front(); };
  EXPECT_EQ(least_recently_used(), 0);
  (void)torrent.read_passed(0, 1);
  EXPECT_EQ(least_recently_used(), 1);
  (void)torrent->slice(piece(1), 0, 1);
  EXPECT_EQ(least_recently_used(), 2);
  (void)torrent.copy(2, 0, 1);
  EXPECT_EQ(least_recently_used(), 0);
}

TEST(MemoryStorage, RanksByItsWindows) {
  stored_torrent torrent(plain_layout());
  for (int p = 0; p < 4; ++p) torrent.pass(p);
  torrent->order().set_windows({{piece(1), piece(2), piece(4), false}});
  EXPECT_EQ(torrent->rank(piece(0)).reason, keep_reason::none);
  EXPECT_EQ(torrent->rank(piece(1)).reason, keep_reason::look_behind);
  EXPECT_EQ(torrent->rank(piece(2)).reason, keep_reason::pinned);
  EXPECT_EQ(torrent->rank(piece(3)).reason, keep_reason::look_ahead);
  torrent->order().set_windows({});
  EXPECT_EQ(torrent->rank(piece(2)).reason, keep_reason::none);
}

TEST(MemoryStorage, RanksWhatIsArrivingAsUsedNow) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  eviction_order::walk const walk(torrent->order());
  ASSERT_TRUE(walk.current());
  EXPECT_LT(walk.current()->rank, torrent->rank(piece(1)));
}

// ---- a recheck ----

TEST(MemoryStorage, KeepsCompletePiecesUnpassedWhenARecheckBegins) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  ASSERT_TRUE(torrent.write(1, 0));
  torrent.pass(2);
  torrent->begin_recheck();
  EXPECT_EQ(torrent.resident(), (std::vector{0, 2}));
  EXPECT_FALSE(torrent->has_passed(piece(0)));
  EXPECT_EQ(torrent.read_passed(0, 100), 0);
  EXPECT_EQ(torrent.used(), 8 * block_bytes);
}

// ---- threads ----

// Every byte of a block is the same letter, and a piece is let go and written anew all the time: a reader that saw a
// block change, or one of another piece, would see two letters or a wrong one.
TEST(MemoryStorage, ShowsReadersWholeBlocksWhileTheNetworkThreadWritesAndEvicts) {
  stored_torrent torrent(v1_layout(32 * KiB, {{8 * 32 * KiB}}), 40 * block_bytes);
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  auto const letter_of = [](int p) { return static_cast<char>('a' + p); };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&, i] {
      for (int round = i; !done; ++round) {
        int const p = round % 8;
        for (auto const& slice : torrent->read_passed(std::int64_t{p} * 32 * KiB, 32 * KiB))
          if (std::count(slice.data, slice.data + slice.size_bytes, letter_of(p)) != slice.size_bytes) ++torn;
        (void)torrent->can_go(piece(p));
      }
    });

  for (int round = 0; round < 4'000; ++round) {
    int const p = round % 8;
    torrent->evict(piece((p + 4) % 8));
    for (int b = 0; b < 2; ++b) (void)torrent.write(p, b, block_of(letter_of(p)));
    if (torrent->is_complete(piece(p))) torrent->mark_passed(piece(p));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
}

} // namespace memtorrent::test
