#include "cache/piece_geometry.hpp"

#include "support/layout.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace memtorrent::test {

namespace {

std::vector<int> pad_blocks(piece_geometry const& geometry, int of_piece) {
  std::vector<int> pads;
  for (int block = 0; block < geometry.blocks_in_piece(piece(of_piece)); ++block)
    if (geometry.is_pad_block(piece(of_piece), block)) pads.push_back(block);
  return pads;
}

/// A block of ones after `clear_pads`: what is still 1 is data.
std::vector<char> cleared_block(piece_geometry const& geometry, int of_piece, int block) {
  std::vector<char> bytes(block_size_bytes, 1);
  geometry.clear_pads(piece(of_piece), block, bytes.data());
  return bytes;
}

std::vector<char> ones_then_zeros(int ones) {
  std::vector<char> bytes(block_size_bytes, 0);
  std::fill_n(bytes.begin(), ones, '\1');
  return bytes;
}

} // namespace

TEST(PieceGeometry, CutsATorrentIntoPiecesAndBlocks) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{128 * KiB}}));
  EXPECT_EQ(geometry.num_pieces(), 2);
  EXPECT_EQ(geometry.piece_length_bytes(), 64 * KiB);
  EXPECT_EQ(geometry.total_bytes(), 128 * KiB);
  EXPECT_EQ(geometry.piece_bytes(piece(1)), 64 * KiB);
  EXPECT_EQ(geometry.blocks_in_piece(piece(1)), 4);
  EXPECT_EQ(geometry.block_bytes(piece(1), 3), 16 * KiB);
}

TEST(PieceGeometry, ShortensTheLastPieceAndItsLastBlock) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{64 * KiB + 16 * KiB + 1}}));
  EXPECT_EQ(geometry.num_pieces(), 2);
  EXPECT_EQ(geometry.piece_bytes(piece(1)), 16 * KiB + 1);
  EXPECT_EQ(geometry.blocks_in_piece(piece(1)), 2);
  EXPECT_EQ(geometry.block_bytes(piece(1), 0), 16 * KiB);
  EXPECT_EQ(geometry.block_bytes(piece(1), 1), 1);
}

TEST(PieceGeometry, KnowsPiecesSmallerThanABlock) {
  piece_geometry const geometry(v1_layout(4 * KiB, {{9 * KiB}}));
  EXPECT_EQ(geometry.num_pieces(), 3);
  EXPECT_EQ(geometry.blocks_in_piece(piece(0)), 1);
  EXPECT_EQ(geometry.block_bytes(piece(0), 0), 4 * KiB);
  EXPECT_EQ(geometry.block_bytes(piece(2), 0), 1 * KiB);
}

TEST(PieceGeometry, KnowsPiecesThatAreNoMultipleOfABlock) {
  piece_geometry const geometry(v1_layout(20'000, {{50'000}}));
  EXPECT_EQ(geometry.blocks_in_piece(piece(0)), 2);
  EXPECT_EQ(geometry.block_bytes(piece(0), 1), 20'000 - 16 * KiB);
  EXPECT_EQ(geometry.piece_bytes(piece(2)), 10'000);
}

TEST(PieceGeometry, FindsPiecesByOffsetBeyondTwoGigabytes) {
  piece_geometry const geometry(v1_layout(16 << 20, {{std::int64_t{5} << 30}}));
  EXPECT_EQ(geometry.offset_of(piece(300)), std::int64_t{300} * (16 << 20));
  EXPECT_EQ(geometry.piece_at(geometry.offset_of(piece(300))), piece(300));
  EXPECT_EQ(geometry.piece_at(geometry.offset_of(piece(300)) - 1), piece(299));
}

// ---- what it takes in RAM ----

TEST(PieceGeometry, CountsBytesInWholeBlocks) {
  EXPECT_EQ(blocks_in(0), 0);
  EXPECT_EQ(blocks_in(1), 1);
  EXPECT_EQ(blocks_in(16 * KiB), 1);
  EXPECT_EQ(blocks_in(16 * KiB + 1), 2);
  EXPECT_EQ(whole_block_bytes(0), 0);
  EXPECT_EQ(whole_block_bytes(1), 16 * KiB);
  EXPECT_EQ(whole_block_bytes(std::int64_t{5} << 30), std::int64_t{5} << 30);
}

TEST(PieceGeometry, TakesWholeBlocksOfRam) {
  piece_geometry const geometry(v1_layout(20'000, {{50'000}})); // pieces of 2, 2 and 1 blocks
  EXPECT_EQ(geometry.resident_bytes(piece(0)), 32 * KiB);
  EXPECT_EQ(geometry.resident_bytes(piece(2)), 16 * KiB);
  EXPECT_EQ(geometry.resident_bytes(), 80 * KiB);
  EXPECT_EQ(geometry.largest_piece_resident_bytes(), 32 * KiB);
}

TEST(PieceGeometry, TakesNoMoreForAPieceThanForAllOfIt) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{20 * KiB}}));
  EXPECT_EQ(geometry.largest_piece_resident_bytes(), 32 * KiB);
  EXPECT_EQ(geometry.resident_bytes(), 32 * KiB);
}

TEST(PieceGeometry, PlaysOnTwoPiecesOrOnAllOfIt) {
  EXPECT_EQ(piece_geometry(v1_layout(64 * KiB, {{640 * KiB}})).least_budget_bytes(), 128 * KiB);
  EXPECT_EQ(piece_geometry(v1_layout(64 * KiB, {{64 * KiB + 1}})).least_budget_bytes(), 80 * KiB);
  EXPECT_EQ(piece_geometry(v1_layout(20'000, {{50'000}})).least_budget_bytes(), 64 * KiB);
  EXPECT_EQ(least_budget_bytes(20'000, 48 * KiB), 48 * KiB);
}

// ---- pads ----

TEST(PieceGeometry, TakesABlockForPadOnlyIfAllOfItIs) {
  // Blocks of the one piece: data, half data and half pad, pad, pad up to its last byte, data.
  piece_geometry const geometry(v1_layout(128 * KiB, {{24 * KiB}, pad(40 * KiB - 1), {1 + 16 * KiB}}));
  EXPECT_EQ(pad_blocks(geometry, 0), (std::vector{2}));
}

TEST(PieceGeometry, TakesABlockForPadThatTwoPadsFillTogether) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{16 * KiB}, pad(20 * KiB), pad(12 * KiB), {16 * KiB}}));
  EXPECT_EQ(pad_blocks(geometry, 0), (std::vector{1, 2}));
}

TEST(PieceGeometry, DoesNotTakeABlockForPadThatHasOneByteOfDataBetweenTwo) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{16 * KiB}, pad(8 * KiB), {1}, pad(24 * KiB - 1), {16 * KiB}}));
  EXPECT_EQ(pad_blocks(geometry, 0), (std::vector{2}));
}

TEST(PieceGeometry, KnowsAPieceThatIsAllPad) {
  piece_geometry const geometry(v1_layout(32 * KiB, {{20 * KiB}, pad(44 * KiB), {1}}));
  EXPECT_EQ(pad_blocks(geometry, 0), (std::vector<int>{}));
  EXPECT_EQ(pad_blocks(geometry, 1), (std::vector{0, 1}));
  EXPECT_EQ(pad_blocks(geometry, 2), (std::vector<int>{}));
}

TEST(PieceGeometry, KnowsTheShortBlockAtTheEndThatIsPad) {
  piece_geometry const geometry(v1_layout(32 * KiB, {{16 * KiB}, pad(5)}));
  EXPECT_EQ(geometry.block_bytes(piece(0), 1), 5);
  EXPECT_EQ(pad_blocks(geometry, 0), (std::vector{1}));
}

TEST(PieceGeometry, LeavesABlockOfDataAsItIs) {
  piece_geometry const geometry(v1_layout(32 * KiB, {{32 * KiB}, pad(32 * KiB)}));
  EXPECT_EQ(cleared_block(geometry, 0, 1), ones_then_zeros(16 * KiB));
}

TEST(PieceGeometry, ClearsThePadWithinABlock) {
  piece_geometry const geometry(v1_layout(16 * KiB, {{5 * KiB}, pad(3 * KiB), {8 * KiB}}));
  auto expected = ones_then_zeros(16 * KiB);
  std::fill_n(expected.begin() + 5 * KiB, 3 * KiB, '\0');
  EXPECT_EQ(cleared_block(geometry, 0, 0), expected);
}

TEST(PieceGeometry, ClearsAPadThatBeganBlocksBefore) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{1}, pad(40 * KiB - 1), {24 * KiB}}));
  EXPECT_EQ(cleared_block(geometry, 0, 0), ones_then_zeros(1));
  EXPECT_EQ(cleared_block(geometry, 0, 1), ones_then_zeros(0));
  auto expected = ones_then_zeros(16 * KiB);
  std::fill_n(expected.begin(), 8 * KiB, '\0');
  EXPECT_EQ(cleared_block(geometry, 0, 2), expected);
}

TEST(PieceGeometry, ClearsWhatIsBehindAShortBlock) {
  piece_geometry const geometry(v1_layout(20'000, {{30'000}}));
  EXPECT_EQ(cleared_block(geometry, 0, 1), ones_then_zeros(20'000 - 16 * KiB));
  EXPECT_EQ(cleared_block(geometry, 1, 0), ones_then_zeros(10'000));
}

// ---- v2 ----

TEST(PieceGeometry, HasNoV2BytesInAV1Torrent) {
  piece_geometry const geometry(v1_layout(32 * KiB, {{40 * KiB}}));
  EXPECT_EQ(geometry.v2_piece_bytes(piece(0)), 0);
  EXPECT_EQ(geometry.v2_piece_bytes(piece(1)), 0);
}

TEST(PieceGeometry, CountsAHybridTorrentsPadsForV1AndNotForV2) {
  piece_geometry const geometry(hybrid_layout(64 * KiB, {70 * KiB, 10 * KiB}));
  ASSERT_EQ(geometry.num_pieces(), 3);
  EXPECT_EQ(geometry.piece_bytes(piece(0)), 64 * KiB);
  EXPECT_EQ(geometry.piece_bytes(piece(1)), 64 * KiB);
  EXPECT_EQ(geometry.v2_piece_bytes(piece(0)), 64 * KiB);
  EXPECT_EQ(geometry.v2_piece_bytes(piece(1)), 6 * KiB);
  EXPECT_EQ(geometry.v2_piece_bytes(piece(2)), 10 * KiB);
  EXPECT_EQ(pad_blocks(geometry, 1), (std::vector{1, 2, 3}));
}

TEST(PieceGeometry, CountsTheBlocksThatHaveV2Hashes) {
  piece_geometry const geometry(hybrid_layout(64 * KiB, {70 * KiB, 10 * KiB}));
  EXPECT_EQ(geometry.v2_blocks_in_piece(piece(0)), 4);
  EXPECT_EQ(geometry.v2_blocks_in_piece(piece(1)), 1);
  EXPECT_EQ(geometry.v2_blocks_in_piece(piece(2)), 1);
  EXPECT_EQ(piece_geometry(v1_layout(64 * KiB, {{70 * KiB}})).v2_blocks_in_piece(piece(0)), 0);
}

TEST(PieceGeometry, EndsAV2TorrentsPiecesWithTheirFiles) {
  piece_geometry const geometry(v2_layout(32 * KiB, {50 * KiB, 1, 33 * KiB}));
  ASSERT_EQ(geometry.num_pieces(), 5);
  std::vector<int> bytes;
  for (int index = 0; index < 5; ++index) bytes.push_back(geometry.v2_piece_bytes(piece(index)));
  EXPECT_EQ(bytes, (std::vector{32 * KiB, 18 * KiB, 1, 32 * KiB, 1 * KiB}));
}

// ---- against bytes counted one by one ----

TEST(PieceGeometry, AgreesWithCountingEveryByteOfRandomLayouts) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    auto const up_to = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)) + 1; };
    std::vector<file_in_layout> files;
    for (int i = up_to(12); i > 0; --i) files.push_back({up_to(50 * KiB), random() % 2 == 0});
    auto const layout = v1_layout(up_to(3) == 1 ? up_to(70 * KiB) : 64 * KiB, files);

    piece_geometry const geometry(layout);
    torrent_bytes const bytes(layout, 1); // never 0 but in the pads
    for (int p = 0; p < geometry.num_pieces(); ++p) {
      ASSERT_EQ(geometry.piece_bytes(piece(p)), bytes.piece(p).size());
      ASSERT_EQ(geometry.blocks_in_piece(piece(p)), bytes.blocks_in_piece(p));
      for (int b = 0; b < bytes.blocks_in_piece(p); ++b) {
        auto const expected = bytes.block(p, b);
        ASSERT_EQ(geometry.block_bytes(piece(p), b), expected.size());
        ASSERT_EQ(geometry.is_pad_block(piece(p), b), bytes.is_pad_block(p, b)) << p << '/' << b;
        auto const cleared = cleared_block(geometry, p, b);
        for (std::ptrdiff_t i = 0; i < block_size_bytes; ++i)
          ASSERT_EQ(cleared[static_cast<std::size_t>(i)] != 0, i < expected.size() && expected[i] != 0)
              << p << '/' << b << '/' << i;
      }
    }
  }
}

} // namespace memtorrent::test
