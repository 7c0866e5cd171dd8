#include "pieces/kept_pieces.hpp"

#include <gtest/gtest.h>

namespace memtorrent {

namespace {

piece_list pieces(std::initializer_list<int> numbers) {
  piece_list list;
  for (int const number : numbers) list.emplace_back(number);
  return list;
}

/// A window as its begin, head and end.
using shape = std::vector<int>;

/// The heads that are held, if `most` may be.
std::vector<int> held_heads_of(kept_pieces const& kept, int most) {
  std::vector<int> heads;
  for (auto const& w : windows_of(kept, 100, most))
    if (w.head_reason == keep_reason::pinned) heads.push_back(static_cast<int>(w.head));
  return heads;
}

std::vector<shape> shapes_of(kept_pieces const& kept) {
  std::vector<shape> shapes;
  for (auto const& w : windows_of(kept, 100, 10)) {
    EXPECT_FALSE(w.idle);
    shapes.push_back({static_cast<int>(w.begin), static_cast<int>(w.head), static_cast<int>(w.end)});
  }
  return shapes;
}

} // namespace

TEST(KeptPieces, NothingNeedsNoWindow) { EXPECT_TRUE(shapes_of({}).empty()); }

TEST(KeptPieces, EachRunBeginsWhereAReaderIs) {
  kept_pieces kept;
  kept.at_readers = pieces({3, 4, 5, 40, 41, 1});
  EXPECT_EQ(shapes_of(kept), (std::vector<shape>{{3, 3, 6}, {40, 40, 42}, {1, 1, 2}}));
}

TEST(KeptPieces, WhatIsBehindBelongsToTheReaderThatItEndsAt) {
  kept_pieces kept;
  kept.at_readers = pieces({10, 11, 12});
  kept.behind = pieces({7, 8, 9, 20, 21});
  EXPECT_EQ(shapes_of(kept), (std::vector<shape>{{7, 10, 13}, {20, 21, 22}}));
}

TEST(KeptPieces, WhatIsBehindMayComeInAnyOrder) {
  kept_pieces kept;
  kept.behind = pieces({9, 8, 7, 30, 8, 29});
  EXPECT_EQ(shapes_of(kept), (std::vector<shape>{{7, 9, 10}, {29, 30, 31}}));
}

TEST(KeptPieces, AllThatIsBehindMayGo) {
  kept_pieces kept;
  kept.at_readers = pieces({10, 11});
  kept.behind = pieces({8, 9, 20, 21, 40});
  auto const windows = windows_of(kept, 100, 10);
  for (int const piece : {8, 9, 20, 21, 40})
    EXPECT_EQ(rank_piece(lt::piece_index_t(piece), 1024, windows, 0).reason, keep_reason::look_behind) << piece;
  EXPECT_EQ(rank_piece(lt::piece_index_t(10), 1024, windows, 0).reason, keep_reason::pinned);
}

TEST(KeptPieces, WhatIsExpectedIsSeenFromItself) {
  kept_pieces kept;
  kept.at_readers = pieces({10, 11});
  kept.expected = pieces({50, 51, 7});
  EXPECT_EQ(shapes_of(kept), (std::vector<shape>{{10, 10, 12}, {50, 50, 51}, {51, 51, 52}, {7, 7, 8}}));
}

TEST(KeptPieces, NoMoreHeadsAreHeldThanFitBesideEachOther) {
  kept_pieces kept;
  kept.at_readers = pieces({10, 11, 42, 43, 70});
  kept.expected = pieces({42, 41, 50});
  EXPECT_EQ(held_heads_of(kept, 5), (std::vector{10, 42, 70, 42, 41, 50})) << "42 takes space once";
  EXPECT_EQ(held_heads_of(kept, 4), (std::vector{10, 42, 42, 41, 50}));
  EXPECT_EQ(held_heads_of(kept, 2), (std::vector{42, 42, 41})) << "what was expected first";
  EXPECT_TRUE(held_heads_of(kept, 0).empty()) << "others came later and left no space";
  for (auto const& w : windows_of(kept, 100, 1)) EXPECT_GE(w.head_reason, keep_reason::look_ahead);
}

TEST(KeptPieces, WhatDoesNotExistIsLeftOut) {
  kept_pieces kept;
  kept.at_readers = pieces({-1, 98, 99, 100});
  kept.behind = pieces({-5, 1000});
  EXPECT_EQ(shapes_of(kept), (std::vector<shape>{{98, 98, 100}}));
}

} // namespace memtorrent
