#include "cache/memory_storage.hpp"

#include "support/short_names.hpp"
#include "support/stored_torrent.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

// How the hashes of a piece come along with its blocks, and how a piece is kept until they are answered.

namespace memtorrent::test {

namespace {

constexpr hash_kinds v1{true, false};
constexpr hash_kinds both{true, true};
using hash_state = memory_storage::hash_state;

std::vector<lt::sha256_hash> v2_hashes(stored_torrent& torrent, int of_piece) {
  std::vector<lt::sha256_hash> hashes(torrent.bytes().v2_hashes(of_piece).size());
  (void)torrent->read_hash(piece(of_piece), {false, true}, hashes);
  return hashes;
}

} // namespace

// ---- as blocks come ----

TEST(MemoryStorageHash, RunsOverBlocksAsTheyComeInOrder) {
  stored_torrent torrent(plain_layout());
  for (int b = 0; b < 3; ++b) {
    ASSERT_TRUE(torrent.write(0, b));
    EXPECT_EQ(torrent.hash_what_is_there(0), 1);
  }
  ASSERT_TRUE(torrent.write(0, 3));
  EXPECT_EQ(torrent->request_hash(piece(0), v1), hash_state::working);
  EXPECT_EQ(torrent.hash_what_is_there(0), 1) << "only the last is left";
  EXPECT_EQ(torrent->requested_hash(piece(0), v1), hash_state::ready);
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
}

TEST(MemoryStorageHash, WaitsForTheBlockThatIsMissingInOrder) {
  stored_torrent torrent(plain_layout());
  for (int const b : {0, 2, 3}) ASSERT_TRUE(torrent.write(0, b));
  EXPECT_EQ(torrent.hash_what_is_there(0), 1);
  ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_EQ(torrent.hash_what_is_there(0), 3);
  EXPECT_EQ(torrent->request_hash(piece(0), v1), hash_state::ready);
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
}

TEST(MemoryStorageHash, TakesV2BlocksInWhateverOrderTheyCome) {
  stored_torrent torrent(v2_layout(64 * KiB, {64 * KiB, 20'000}));
  for (int const b : {3, 1}) {
    ASSERT_TRUE(torrent.write(0, b));
    EXPECT_EQ(torrent.hash_what_is_there(0), 1);
    EXPECT_TRUE(torrent->block_hash(piece(0), b));
  }
  EXPECT_FALSE(torrent->block_hash(piece(0), 0));
  for (int const b : {2, 0}) ASSERT_TRUE(torrent.write(0, b));
  EXPECT_EQ(torrent.hash_what_is_there(0), 2);
  EXPECT_EQ(v2_hashes(torrent, 0), torrent.bytes().v2_hashes(0));
}

TEST(MemoryStorageHash, LearnsThatAHybridTorrentWantsBothKinds) {
  stored_torrent torrent(hybrid_layout(64 * KiB, {20'000, 64 * KiB}));
  torrent.write_piece(0);
  EXPECT_EQ(torrent.hash_what_is_there(0), 2) << "v2, of what is not pad";
  EXPECT_EQ(torrent->request_hash(piece(0), both), hash_state::working);
  EXPECT_EQ(torrent.hash_what_is_there(0), 4) << "v1, of pads too";
  EXPECT_EQ(torrent->requested_hash(piece(0), both), hash_state::ready);
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
  EXPECT_EQ(v2_hashes(torrent, 0), torrent.bytes().v2_hashes(0));

  torrent.write_piece(1);
  EXPECT_EQ(torrent.hash_what_is_there(1), 4);
  EXPECT_EQ(torrent->request_hash(piece(1), both), hash_state::ready) << "from now on both are hashed early";
}

TEST(MemoryStorageHash, HashesAPieceThatIsAllPad) {
  stored_torrent torrent(v1_layout(32 * KiB, {{32 * KiB}, pad(32 * KiB), {1}}));
  EXPECT_EQ(torrent->request_hash(piece(1), v1), hash_state::working);
  EXPECT_EQ(torrent.hash_what_is_there(1), 2);
  EXPECT_EQ(torrent->read_hash(piece(1), v1, {}), torrent.bytes().v1_hash(1));
  EXPECT_EQ(torrent.used(), 0);
}

// ---- workers ----

TEST(MemoryStorageHash, WakesAWorkerForEnoughBlocksOrForTheLast) {
  stored_torrent torrent(v1_layout(6 * 16 * KiB, {{6 * 16 * KiB}}));
  for (int b = 0; b < 3; ++b) ASSERT_TRUE(torrent.write(0, b));
  EXPECT_EQ(torrent.hash_what_is_there(0, 4), 0);
  ASSERT_TRUE(torrent.write(0, 3));
  EXPECT_EQ(torrent.hash_what_is_there(0, 4), 4);
  ASSERT_TRUE(torrent.write(0, 4));
  EXPECT_EQ(torrent.hash_what_is_there(0, 4), 0);
  ASSERT_TRUE(torrent.write(0, 5));
  EXPECT_EQ(torrent.hash_what_is_there(0, 4), 2);
  EXPECT_EQ(torrent.hash_what_is_there(0, 1), 0) << "nothing is left";
}

TEST(MemoryStorageHash, GivesAPieceToOneWorkerOnly) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(0, 0));
  auto const generation = torrent->begin_hashing(piece(0), 1);
  EXPECT_NE(generation, 0U);
  ASSERT_TRUE(torrent.write(0, 1));
  EXPECT_EQ(torrent->begin_hashing(piece(0), 1), 0U);
  auto const run = torrent->take_hash_run(piece(0), generation, 16);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->v1.size(), 2U) << "it takes what came meanwhile along";
}

TEST(MemoryStorageHash, TakesNoMoreAtOnceThanItIsToldTo) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  auto const run = torrent->take_hash_run(piece(0), torrent->begin_hashing(piece(0), 1), 3);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->v1.size(), 3U);
}

TEST(MemoryStorageHash, HasNothingForAWorkerOfAPieceThatWentAndCameAgain) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  auto const generation = torrent->begin_hashing(piece(0), 1);
  auto run = torrent->take_hash_run(piece(0), generation, 1);
  torrent->evict(piece(0));
  torrent.write_piece(0);
  run->work(torrent->geometry());
  torrent->return_hash_run(*run);
  EXPECT_FALSE(torrent->take_hash_run(piece(0), generation, 1));
  EXPECT_EQ(torrent.hash_what_is_there(0), 4) << "from the beginning";
}

TEST(MemoryStorageHash, CountsWhatWorkersAreBehind) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  EXPECT_EQ(torrent.arena().unhashed_bytes(), 0) << "no worker was told";
  auto const generation = torrent->begin_hashing(piece(0), 1);
  EXPECT_EQ(torrent.arena().unhashed_bytes(), 4 * block_bytes);
  auto run = torrent->take_hash_run(piece(0), generation, 3);
  run->work(torrent->geometry());
  torrent->return_hash_run(*run);
  EXPECT_EQ(torrent.arena().unhashed_bytes(), block_bytes);
  torrent->evict(piece(0));
  EXPECT_EQ(torrent.arena().unhashed_bytes(), 0);
}

// ---- blocks that are written anew ----

TEST(MemoryStorageHash, BeginsAgainWhenAHashedBlockIsWrittenAnew) {
  stored_torrent torrent(plain_layout());
  for (int b = 0; b < 4; ++b) ASSERT_TRUE(torrent.write(0, b, block_of('!')));
  EXPECT_EQ(torrent.hash_what_is_there(0), 4);
  torrent.write_piece(0);
  EXPECT_EQ(torrent->request_hash(piece(0), v1), hash_state::working);
  EXPECT_EQ(torrent.hash_what_is_there(0), 4);
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
}

// It failed its hash: the rest of it will be written anew too.
TEST(MemoryStorageHash, LeavesAPieceThatIsWrittenAnewUntilItIsAskedFor) {
  stored_torrent torrent(plain_layout());
  for (int b = 0; b < 4; ++b) ASSERT_TRUE(torrent.write(0, b, block_of('!')));
  ASSERT_TRUE(torrent.write(0, 0));
  EXPECT_EQ(torrent.hash_what_is_there(0), 0);
}

TEST(MemoryStorageHash, ForgetsWhatAWorkerFoundOfABlockThatIsWrittenAnew) {
  stored_torrent torrent(v2_layout(64 * KiB, {64 * KiB}));
  for (int b = 0; b < 4; ++b) ASSERT_TRUE(torrent.write(0, b, block_of('!')));
  auto const generation = torrent->begin_hashing(piece(0), 1);
  auto run = torrent->take_hash_run(piece(0), generation, 4);
  torrent.write_piece(0);
  run->work(torrent->geometry());
  torrent->return_hash_run(*run);
  while (auto next = torrent->take_hash_run(piece(0), generation, 4)) {
    next->work(torrent->geometry());
    torrent->return_hash_run(*next);
  }
  EXPECT_EQ(v2_hashes(torrent, 0), torrent.bytes().v2_hashes(0));
}

TEST(MemoryStorageHash, KeepsWhatWasAskedForWhenADuplicateComes) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  (void)torrent->request_hash(piece(0), v1);
  ASSERT_TRUE(torrent.write(0, 0, block_of('!')));
  (void)torrent.hash_what_is_there(0);
  ASSERT_TRUE(torrent.write(0, 1, block_of('!')));
  torrent->release_hash(piece(0));
  torrent->mark_passed(piece(0));
  EXPECT_EQ(torrent.read_passed(0, 64 * KiB), 64 * KiB);
}

// ---- blocks that are replaced ----

TEST(MemoryStorageReplace, BeginsTheHashAgainAlsoWhileItIsAskedFor) {
  stored_torrent torrent(plain_layout());
  for (int const b : {0, 2, 3}) ASSERT_TRUE(torrent.write(0, b));
  ASSERT_TRUE(torrent.write(0, 1, block_of('!')));
  (void)torrent->request_hash(piece(0), v1);
  EXPECT_EQ(torrent.hash_what_is_there(0), 4);
  EXPECT_NE(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));

  auto const old = torrent->replace(piece(0), 1, torrent.version(torrent.bytes().block(0, 1)));
  ASSERT_TRUE(old);
  EXPECT_EQ(*old.data(), '!');
  EXPECT_EQ(torrent->requested_hash(piece(0), v1), hash_state::working);
  EXPECT_EQ(torrent.hash_what_is_there(0), 4);
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
  EXPECT_TRUE(torrent->is_hash_requested(piece(0)));
}

TEST(MemoryStorageReplace, ForgetsWhatAWorkerIsFindingOfTheOldBlock) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  ASSERT_TRUE(torrent.write(0, 0, block_of('!')));
  (void)torrent->request_hash(piece(0), v1);
  auto const generation = torrent->begin_hashing(piece(0), 1);
  auto run = torrent->take_hash_run(piece(0), generation, 4);
  ASSERT_TRUE(torrent->replace(piece(0), 0, torrent.version(torrent.bytes().block(0, 0))));
  run->work(torrent->geometry());
  torrent->return_hash_run(*run);
  while (auto next = torrent->take_hash_run(piece(0), generation, 4)) {
    next->work(torrent->geometry());
    torrent->return_hash_run(*next);
  }
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
}

TEST(MemoryStorageReplace, LeavesTheOldBytesToWhoeverHoldsThem) {
  stored_torrent torrent(plain_layout());
  ASSERT_TRUE(torrent.write(0, 0, block_of('!')));
  auto const held = torrent->slice(piece(0), 0, 3);
  ASSERT_TRUE(torrent->replace(piece(0), 0, torrent.version(torrent.bytes().block(0, 0))));
  EXPECT_EQ(std::string(held->data, 3), "!!!");
  EXPECT_EQ(torrent.copy(0, 0, 16 * KiB), "right");
  EXPECT_EQ(torrent.used(), 2 * block_bytes) << "both count";
}

TEST(MemoryStorageReplace, RefusesWhatIsNotThereOrHasPassed) {
  stored_torrent torrent(plain_layout());
  EXPECT_FALSE(torrent->replace(piece(0), 0, torrent.version(block_of('!'))));
  ASSERT_TRUE(torrent.write(0, 0));
  EXPECT_FALSE(torrent->replace(piece(0), 1, torrent.version(block_of('!'))));
  torrent.pass(1);
  EXPECT_FALSE(torrent->replace(piece(1), 0, torrent.version(block_of('!'))));
  EXPECT_EQ(torrent.copy(1, 0, 16 * KiB), "right");
  EXPECT_EQ(torrent.used(), 5 * block_bytes) << "what was refused is gone";
}

// ---- a hash that is asked for ----

TEST(MemoryStorageHash, IsNotToBeHadUntilThePieceIsComplete) {
  stored_torrent torrent(plain_layout());
  for (int const b : {0, 1, 3}) ASSERT_TRUE(torrent.write(0, b));
  EXPECT_EQ(torrent->request_hash(piece(0), v1), hash_state::incomplete);
  EXPECT_EQ(torrent->request_hash(piece(1), v1), hash_state::incomplete);
  EXPECT_FALSE(torrent->is_hash_requested(piece(0)));
}

TEST(MemoryStorageHash, KeepsThePieceUntilItIsAnswered) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  (void)torrent->request_hash(piece(0), v1);
  (void)torrent->request_hash(piece(0), v1);
  EXPECT_EQ(torrent.candidates(), (std::vector<int>{}));
  torrent->release_hash(piece(0));
  EXPECT_TRUE(torrent->is_hash_requested(piece(0)));
  EXPECT_EQ(torrent.candidates(), (std::vector<int>{}));
  torrent->release_hash(piece(0));
  EXPECT_EQ(torrent.candidates(), (std::vector{0}));
}

TEST(MemoryStorageHash, IsForgottenWithThePiece) {
  stored_torrent torrent(plain_layout());
  torrent.write_piece(0);
  (void)torrent->request_hash(piece(0), v1);
  torrent->evict_all();
  EXPECT_FALSE(torrent->is_hash_requested(piece(0)));
  EXPECT_EQ(torrent->requested_hash(piece(0), v1), hash_state::incomplete);
  torrent->release_hash(piece(0));
}

TEST(MemoryStorageHash, IsMadeAnewByARecheck) {
  stored_torrent torrent(plain_layout());
  torrent.pass(0);
  EXPECT_EQ(torrent.hash_what_is_there(0), 4);
  torrent->begin_recheck();
  EXPECT_EQ(torrent->request_hash(piece(0), v1), hash_state::working);
  EXPECT_EQ(torrent.hash_what_is_there(0), 4);
  EXPECT_EQ(torrent->read_hash(piece(0), v1, {}), torrent.bytes().v1_hash(0));
}

} // namespace memtorrent::test
