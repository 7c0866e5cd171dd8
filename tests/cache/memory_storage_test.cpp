#include "cache/memory_storage.hpp"

#include "support/short_names.hpp"
#include "support/stored_torrent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Blocks in, and out to peers and readers. Letting pieces go: see memory_storage_eviction_test.cpp.

namespace memtorrent::test {

namespace {

/// Fills the arena with bytes that are not 0, and frees them.
void make_dirty(block_arena& arena) {
  std::vector<block_ref> blocks;
  while (block_ref b = arena.allocate()) {
    std::memset(b.data(), 0x5a, block_size_bytes);
    blocks.push_back(std::move(b));
  }
}

} // namespace

// ---- blocks ----

TEST(MemoryStorage, GivesBackWhatWasWritten) {
  stored_torrent torrent(plain_layout());
  for (int p = 0; p < 4; ++p) torrent.write_piece(p);
  for (int p = 0; p < 4; ++p) {
    int const size = static_cast<int>(torrent.bytes().piece(p).size());
    EXPECT_EQ(torrent.copy(p, 0, size), "right") << "piece " << p;
  }
}

TEST(MemoryStorage, TakesABlockOfTheBudgetForEachThatIsThere) {
  stored_torrent torrent(plain_layout());
  EXPECT_EQ(torrent.used(), 0);
  ASSERT_TRUE(torrent.write(0, 2));
  ASSERT_TRUE(torrent.write(3, 1)); // short
  EXPECT_EQ(torrent.used(), 2 * block_bytes);
}

TEST(MemoryStorage, CountsADuplicateOnce) {
  stored_torrent torrent(plain_layout());
  for (int times = 0; times < 4; ++times) ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_EQ(torrent.used(), block_bytes);
  EXPECT_FALSE(torrent->is_complete(piece(0)));
}

TEST(MemoryStorage, IsNotCompleteBecauseOfDuplicatesOfReferencedBlocks) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(0, 1));
  std::vector<block_slice> held;
  for (int times = 0; times < 3; ++times) {
    held.push_back(*torrent->slice(piece(0), 1 * block_size_bytes, 1));
    ASSERT_TRUE(torrent.write(0, 1));
  }
  EXPECT_FALSE(torrent->is_complete(piece(0)));
  EXPECT_EQ(torrent.used(), 4 * block_bytes);
  held.clear();
  EXPECT_EQ(torrent.used(), block_bytes);
}

TEST(MemoryStorage, IsCompleteWhenEveryBlockIsThereInWhateverOrder) {
  stored_torrent torrent(plain_layout());
  for (int const b : {2, 0, 3}) ASSERT_TRUE(torrent.write(0, b));
  EXPECT_FALSE(torrent->is_complete(piece(0)));
  ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_TRUE(torrent->is_complete(piece(0)));
  EXPECT_FALSE(torrent->is_complete(piece(1)));
}

TEST(MemoryStorage, CompletesAShortLastPiece) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(3, 0));
  EXPECT_FALSE(torrent->is_complete(piece(3)));
  ASSERT_TRUE(torrent.write(3, 1));
  EXPECT_TRUE(torrent->is_complete(piece(3)));
  EXPECT_EQ(torrent.copy(3, 16 * KiB, 20'000 - 16 * KiB), "right");
}

TEST(MemoryStorage, KeepsPiecesSmallerThanABlockInABlockEach) {
  stored_torrent torrent(v1_layout(1 * KiB, {{10 * KiB + 3}}));
  for (int p = 0; p < 11; ++p) torrent.pass(p);
  EXPECT_EQ(torrent.used(), 11 * block_bytes);
  EXPECT_EQ(torrent.read_passed(0, 20 * KiB), 10 * KiB + 3);
  EXPECT_EQ(torrent.copy(10, 0, 3), "right");
}

TEST(MemoryStorage, TakesTheLatestOfTwoDuplicates) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(0, 0, block_of('a')));
  ASSERT_TRUE(torrent.write(0, 0, block_of('b')));
  EXPECT_EQ(torrent.letters(0, 0, 3), "bbb");
}

TEST(MemoryStorage, NeverChangesTheBytesOfAReferencedBlock) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(0, 0, block_of('a')));
  auto const held = torrent->slice(piece(0), 100, 200);
  ASSERT_TRUE(torrent.write(0, 0, block_of('b')));
  EXPECT_EQ(std::string(held->data, 200), std::string(200, 'a'));
  EXPECT_EQ(torrent.letters(0, 100, 200), std::string(200, 'b'));
}

TEST(MemoryStorage, RefusesADuplicateOfAReferencedBlockWithoutSpace) {
  stored_torrent torrent(plain_layout(), block_bytes);
  ASSERT_TRUE(torrent.write(0, 0, block_of('a')));
  auto held = torrent->slice(piece(0), 0, 3);
  EXPECT_FALSE(torrent.write(0, 0, block_of('b')));
  EXPECT_EQ(torrent.letters(0, 0, 3), "aaa");
  held.reset();
  EXPECT_TRUE(torrent.write(0, 0, block_of('b')));
}

TEST(MemoryStorage, LeavesNothingBehindWhenThereIsNoSpace) {
  stored_torrent torrent(plain_layout(), 2 * block_bytes);
  ASSERT_TRUE(torrent.write(0, 0));
  ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_FALSE(torrent.write(1, 0));
  EXPECT_EQ(torrent->generation(piece(1)), 0U);
  EXPECT_EQ(torrent.resident(), (std::vector{0}));
}

TEST(MemoryStorage, SlicesABlockWithoutCopying) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(1, 2));
  auto const whole = torrent->slice(piece(1), 2 * block_size_bytes, block_size_bytes);
  auto const part = torrent->slice(piece(1), 2 * block_size_bytes + 77, 100);
  ASSERT_TRUE(whole && part);
  EXPECT_EQ(part->data, whole->data + 77);
  EXPECT_EQ(part->size_bytes, 100);
  EXPECT_EQ(torrent.used(), block_bytes);
}

TEST(MemoryStorage, HasNoSliceOfABlockThatIsNotThere) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(1, 2));
  EXPECT_FALSE(torrent->slice(piece(1), 1 * block_size_bytes, 1));
  EXPECT_FALSE(torrent->slice(piece(0), 2 * block_size_bytes, 1));
}

TEST(MemoryStorage, CopiesAcrossBlocks) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  EXPECT_EQ(torrent.copy(0, 10'000, 40'000), "right");
  EXPECT_EQ(torrent.copy(0, block_size_bytes - 1, 2), "right");
}

TEST(MemoryStorage, CopiesNothingIfOneOfTheBlocksIsNotThere) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(0, 0));
  ASSERT_TRUE(torrent.write(0, 2));
  EXPECT_EQ(torrent.copy(0, 10'000, 10'000), "not there");
  EXPECT_EQ(torrent.copy(0, 10'000, block_size_bytes - 10'000), "right");
}

// ---- pads ----

TEST(MemoryStorage, ZeroesThePadsOfBlocksThatWereUsedBefore) {
  stored_torrent torrent(v1_layout(64 * KiB, {{10'000}, pad(30'000), {64 * KiB - 40'000}}));
  make_dirty(torrent.arena());
  // A peer may send anything in a pad; it is hashed as zeros.
  auto first = noise(block_size_bytes, 5);
  std::copy_n(torrent.bytes().piece(0).begin(), 10'000, first.begin());
  ASSERT_TRUE(torrent.write(0, 0, first));
  ASSERT_TRUE(torrent.write(0, 2));
  ASSERT_TRUE(torrent.write(0, 3));
  EXPECT_TRUE(torrent->is_complete(piece(0))); // block 1 is all pad
  EXPECT_EQ(torrent.copy(0, 0, 64 * KiB), "right");
}

TEST(MemoryStorage, ZeroesAPadThatADuplicateWroteInPlace) {
  stored_torrent torrent(v1_layout(16 * KiB, {{10'000}, pad(6384)}));
  ASSERT_TRUE(torrent.write(0, 0));
  ASSERT_TRUE(torrent.write(0, 0, block_of('x')));
  EXPECT_EQ(torrent.letters(0, 9'998, 4), std::string("xx\0\0", 4));
  EXPECT_EQ(torrent.letters(0, 16 * KiB - 1, 1), std::string(1, '\0'));
}

TEST(MemoryStorage, CompletesAPieceWithoutItsPadBlocks) {
  stored_torrent torrent(hybrid_layout(64 * KiB, {20'000, 64 * KiB}));
  ASSERT_TRUE(torrent.write(0, 0));
  EXPECT_FALSE(torrent->is_complete(piece(0)));
  ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_TRUE(torrent->is_complete(piece(0)));
  EXPECT_EQ(torrent.used(), 2 * block_bytes);
}

TEST(MemoryStorage, StaysCompleteWhenAPadBlockIsSentToo) {
  stored_torrent torrent(hybrid_layout(64 * KiB, {20'000, 64 * KiB}));
  torrent.write_piece(0);
  ASSERT_TRUE(torrent.write(0, 3, block_of('x')));
  EXPECT_TRUE(torrent->is_complete(piece(0)));
  EXPECT_EQ(torrent.copy(0, 0, 64 * KiB), "right");
}

TEST(MemoryStorage, CopiesZerosFromAPieceThatIsAllPad) {
  stored_torrent torrent(v1_layout(32 * KiB, {{32 * KiB}, pad(32 * KiB), {1}}));
  EXPECT_EQ(torrent.copy(1, 5, 20'000), "right");
  EXPECT_TRUE(torrent->is_complete(piece(1)));
}

// ---- passed pieces, which readers see ----

TEST(MemoryStorage, ShowsReadersOnlyWhatHasPassed) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  EXPECT_EQ(torrent.read_passed(0, 100), 0);
  torrent->mark_passed(piece(0));
  EXPECT_TRUE(torrent->has_passed(piece(0)));
  EXPECT_EQ(torrent.read_passed(0, 100), 100);
}

TEST(MemoryStorage, DoesNotPassAPieceThatIsNotThere) {
  stored_torrent torrent(plain_layout());
  torrent->mark_passed(piece(0));
  torrent.write_piece(0);
  EXPECT_FALSE(torrent->has_passed(piece(0)));
  EXPECT_EQ(torrent.read_passed(0, 100), 0);
}

TEST(MemoryStorage, ReadsOnOverBlocksAndPiecesAndStopsAtTheFirstThatHasNotPassed) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  torrent.pass(1);
  torrent.write_piece(2);
  torrent.pass(3);
  EXPECT_EQ(torrent.read_passed(40'000, 1 << 20), 2 * 64 * KiB - 40'000);
  EXPECT_EQ(torrent.read_passed(2 * 64 * KiB, 100), 0);
}

TEST(MemoryStorage, ReadsNoMoreThanItWasAskedFor) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  EXPECT_EQ(torrent.read_passed(16 * KiB - 10, 20), 20);
  EXPECT_EQ(torrent.read_passed(5, 1), 1);
  EXPECT_EQ(torrent.read_passed(5, 0), 0);
}

TEST(MemoryStorage, ReadsUpToTheTorrentsLastByte) {
  stored_torrent torrent(plain_layout());
  torrent.pass(3);
  std::int64_t const last_piece = 3 * 64 * KiB;
  EXPECT_EQ(torrent.read_passed(last_piece + 19'990, 1 << 20), 10);
  EXPECT_EQ(torrent.read_passed(last_piece + 20'000, 1 << 20), 0);
}

TEST(MemoryStorage, ReadsZerosWhereAPassedPieceIsPad) {
  stored_torrent torrent(hybrid_layout(64 * KiB, {20'000, 64 * KiB}));
  torrent.write_piece(0);
  EXPECT_EQ(torrent.read_passed(0, 64 * KiB), 0);
  torrent->mark_passed(piece(0));
  EXPECT_EQ(torrent.read_passed(0, 64 * KiB), 64 * KiB);
  EXPECT_EQ(torrent.read_passed(50'000, 100), 100) << "inside of the pad";
  torrent.pass(1);
  EXPECT_EQ(torrent.read_passed(10'000, 64 * KiB), 64 * KiB) << "over it";
  EXPECT_EQ(torrent.used(), 6 * block_bytes);
}

TEST(MemoryStorage, ReadsZerosFromAPieceThatIsAllPad) {
  stored_torrent torrent(v1_layout(32 * KiB, {{32 * KiB}, pad(32 * KiB), {1}}));
  EXPECT_EQ(torrent.read_passed(32 * KiB, 32 * KiB), 32 * KiB);
  EXPECT_EQ(torrent.read_passed(32 * KiB + 5, 64 * KiB), 32 * KiB - 5) << "what comes after it is not there";
}

TEST(MemoryStorage, KeepsWhatHasPassedWhenADuplicateComes) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  ASSERT_TRUE(torrent.write(0, 0, block_of('!')));
  EXPECT_EQ(torrent.read_passed(0, 64 * KiB), 64 * KiB);
}

} // namespace memtorrent::test
