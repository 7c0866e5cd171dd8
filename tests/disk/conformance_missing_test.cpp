#include "support/any_disk.hpp"
#include "support/short_names.hpp"

#include <optional>
#include <string>
#include <vector>

// What is not there, or not any more; and what is there twice.

namespace memtorrent::test {

namespace {

class DiskMissing : public any_disk_test {
 protected:
  disk_torrent m_torrent{*m_disk, four_files()};
};

} // namespace

// ---- what was never written ----

TEST_P(DiskMissing, FailsToReadWhatWasNeverWritten) {
  m_torrent.write_piece(0);
  auto const answer = m_torrent.read(2, 0, block_bytes);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error == cancelled(), has(habit::cancels_what_is_missing)) << answer.error.message();
}

TEST_P(DiskMissing, FailsToReadAcrossTheEndOfWhatWasWritten) {
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  auto const answer = m_torrent.read(0, block_bytes / 2, block_bytes);
  EXPECT_EQ(!answer.error, has(habit::gives_a_new_file_its_length)) << answer.error.message();
  EXPECT_EQ(answer.error == cancelled(), has(habit::cancels_what_is_missing)) << answer.error.message();
}

TEST_P(DiskMissing, DoesNotTakeAHoleForData) {
  ASSERT_EQ(m_torrent.write(0, 3), lt::error_code());
  auto const answer = m_torrent.read(0, block_bytes, block_bytes);
  EXPECT_EQ(!answer.error, has(habit::takes_holes_for_zeros)) << answer.error.message();
  EXPECT_TRUE(answer.error || std::vector<char>(answer.buffer.data(), answer.buffer.data() + block_bytes) ==
                                  std::vector<char>(block_bytes));
}

TEST_P(DiskMissing, FindsNoMatchForAPieceWithAHole) {
  for (int const b : {0, 1, 3}) ASSERT_EQ(m_torrent.write(0, b), lt::error_code());
  auto const answer = m_torrent.hash(0);
  EXPECT_EQ(!answer.error, has(habit::takes_holes_for_zeros)) << answer.error.message();
  EXPECT_NE(answer.v1, m_torrent.bytes().v1_hash(0));

  ASSERT_EQ(m_torrent.write(0, 2), lt::error_code());
  EXPECT_EQ(m_torrent.hash(0).v1, m_torrent.bytes().v1_hash(0));
}

TEST_P(DiskMissing, FindsNoMatchWhenACheckMeetsWhatWasNeverWritten) {
  m_torrent.write_piece(0);
  auto const answer = m_torrent.hash(2, checking);
  EXPECT_EQ(!answer.error, has(habit::checks_missing_pieces_without_error)) << answer.error.message();
  EXPECT_NE(answer.v1, m_torrent.bytes().v1_hash(2));
  EXPECT_EQ(m_torrent.hash(0, checking).v1, m_torrent.bytes().v1_hash(0));
}

TEST_P(DiskMissing, FindsNoV2MatchWhenACheckMeetsWhatWasNeverWritten) {
  disk_torrent v2(*m_disk, v2_layout(64 * KiB, {100'000, 64 * KiB}));
  v2.write_piece(0);
  auto const answer = v2.hash(2, checking);
  EXPECT_EQ(!answer.error, has(habit::checks_missing_pieces_without_error)) << answer.error.message();
  EXPECT_NE(answer.v2, v2.bytes().v2_hashes(2));
  EXPECT_EQ(v2.hash(0, checking).v2, v2.bytes().v2_hashes(0));
}

// ---- what has gone ----

TEST_P(DiskMissing, KeepsTheDataOfARemovedTorrentInFilesOnly) {
  m_torrent.write_all();
  auto const save_path = m_torrent.save_path();
  m_torrent.remove();
  disk_torrent again(*m_disk, four_files(), 1, save_path);
  EXPECT_EQ(again.read(1, 0, block_bytes).says() == "right", has(habit::keeps_data_of_removed_torrents));
}

TEST_P(DiskMissing, GivesTheNextTorrentNothingOfTheOneBefore) {
  m_torrent.write_all();
  auto const slot = m_torrent.index();
  m_torrent.remove();
  disk_torrent next(*m_disk, four_files(), 2);
  ASSERT_EQ(next.index(), slot) << "the slot is used again";
  for (int p = 0; p < 4; ++p) EXPECT_TRUE(next.read(p, 0, block_bytes).error);
}

// ---- what is there twice ----

TEST_P(DiskMissing, TakesTheSecondOfTwoWritesOfABlock) {
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  m_torrent.change_block(0, 0);
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  EXPECT_EQ(m_torrent.read(0, 0, block_bytes).says(), "right");
}

TEST_P(DiskMissing, TakesTheSecondOfTwoWritesOfABlockThatAreOutstandingTogether) {
  if (!has(habit::takes_a_block_twice_at_once)) GTEST_SKIP() << "the second write would overrun the first";
  m_torrent.begin_write(0, 0, [](lt::storage_error const& error) { EXPECT_FALSE(error); });
  m_torrent.change_block(0, 0);
  m_torrent.begin_write(0, 0, [](lt::storage_error const& error) { EXPECT_FALSE(error); });
  m_disk->run_all();
  EXPECT_EQ(m_torrent.read(0, 0, block_bytes).says(), "right");
}

TEST_P(DiskMissing, LeavesABufferAloneWhenItsBlockIsWrittenAgain) {
  m_torrent.write_piece(0);
  auto const being_sent = m_torrent.read(0, 0, block_bytes);
  m_torrent.change_block(0, 0);
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  EXPECT_EQ(being_sent.says(), "right") << "as it was";
  EXPECT_EQ(m_torrent.read(0, 0, block_bytes).says(), "right") << "as it is";
}

// Memory leaves the second one out: what was hashed must be what readers get.
TEST_P(DiskMissing, NeverMixesTwoWritesWithAHashBetween) {
  m_torrent.write_piece(0);
  auto const before = m_torrent.bytes().v1_hash(0);
  lt::sha1_hash hashed;
  m_torrent.begin_hash(0, v1_hash, [&](hash_answer const& answer) { hashed = answer.v1; });
  m_torrent.change_block(0, 1);
  m_torrent.begin_write(0, 1, [](lt::storage_error const& error) { EXPECT_FALSE(error); });
  m_disk->run_all();

  bool const is_rewritten = m_torrent.read(0, block_bytes, block_bytes).says() == "right";
  EXPECT_EQ(is_rewritten, has(habit::rewrites_pieces_being_hashed));
  EXPECT_TRUE(is_rewritten || hashed == before);
  EXPECT_EQ(m_torrent.hash(0).v1, is_rewritten ? m_torrent.bytes().v1_hash(0) : before);
}

// ---- buffers ----

TEST_P(DiskMissing, GivesABufferOfTheLengthAskedForOrOfABlock) {
  m_torrent.write_piece(0);
  for (int const start : {0, 700, block_bytes - 50}) {
    auto const answer = m_torrent.read(0, start, 100);
    EXPECT_EQ(answer.buffer.size(), has(habit::gives_the_length_asked_for) ? 100 : block_bytes);
    EXPECT_EQ(answer.says(), "right");
  }
}

FOR_EVERY_DISK(DiskMissing);

} // namespace memtorrent::test
