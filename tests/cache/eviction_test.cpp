#include "cache/eviction.hpp"

#include "cache/play_windows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace memtorrent::test {

namespace {

constexpr int piece_length_bytes = 1024;

piece_rank rank(int piece, std::vector<play_window> const& windows, std::int64_t last_use = 1) {
  return rank_piece(lt::piece_index_t(piece), piece_length_bytes, windows, last_use);
}

/// Pieces 0, 1, 2 ... in the order in which they go; `last_use[i]` is when piece i was used.
std::vector<int> order_of_eviction(std::vector<play_window> const& windows, std::vector<std::int64_t> const& last_use) {
  std::vector<int> pieces(last_use.size());
  std::iota(pieces.begin(), pieces.end(), 0);
  std::stable_sort(pieces.begin(), pieces.end(), [&](int a, int b) {
    return rank(a, windows, last_use[static_cast<std::size_t>(a)]) <
           rank(b, windows, last_use[static_cast<std::size_t>(b)]);
  });
  return pieces;
}

std::vector<std::int64_t> all_used_in_order(std::size_t pieces) {
  std::vector<std::int64_t> last_use(pieces);
  std::iota(last_use.begin(), last_use.end(), 1);
  return last_use;
}

} // namespace

TEST(Eviction, TakesTheLeastRecentlyUsedOfWhatIsNobodys) {
  EXPECT_EQ(order_of_eviction({}, {30, 10, 40, 20}), (std::vector{1, 3, 0, 2}));
}

TEST(Eviction, TakesTheFarthestOfWhatIsBehind) {
  EXPECT_EQ(order_of_eviction({window(0, 3, 4)}, all_used_in_order(4)), (std::vector{0, 1, 2, 3}));
}

TEST(Eviction, TakesTheFarthestOfWhatIsAhead) {
  EXPECT_EQ(order_of_eviction({window(0, 0, 4)}, all_used_in_order(4)), (std::vector{3, 2, 1, 0}));
}

TEST(Eviction, TakesWhatIsBehindBeforeWhatIsAheadHoweverFar) {
  EXPECT_EQ(order_of_eviction({window(0, 1, 6)}, all_used_in_order(6)), (std::vector{0, 5, 4, 3, 2, 1}));
}

TEST(Eviction, TakesTheFarthestOfAnIdleWindowOnEitherSide) {
  EXPECT_EQ(order_of_eviction({idle(window(0, 1, 5))}, all_used_in_order(5)), (std::vector{4, 3, 0, 2, 1}));
}

TEST(Eviction, GoesFromNobodysOverIdleAndBehindToAheadAndNeverUnderAPlayHead) {
  std::vector<play_window> const windows{idle(window(6, 7, 9)), window(1, 3, 5)};
  // Nobody's are 0, 5 and 9; 0 was used last of all.
  std::vector<std::int64_t> const last_use{99, 1, 2, 3, 4, 50, 6, 7, 8, 10};
  EXPECT_EQ(order_of_eviction(windows, last_use), (std::vector{9, 5, 0, 6, 8, 7, 1, 2, 4, 3}));
  EXPECT_EQ(rank(3, windows).reason, keep_reason::pinned);
}

TEST(Eviction, DoesNotAskWhenAPieceInAWindowWasUsed) {
  EXPECT_EQ(order_of_eviction({window(0, 0, 3)}, {1, 2, 99}), (std::vector{2, 1, 0}));
}

TEST(Eviction, KeepsAPieceForTheReaderThatNeedsItMost) {
  // Behind one play head, ahead of the other.
  EXPECT_EQ(rank(5, {window(4, 8, 10), window(3, 4, 7)}).reason, keep_reason::look_ahead);
  EXPECT_EQ(rank(5, {window(3, 4, 7), window(4, 8, 10)}).reason, keep_reason::look_ahead);
  // The nearer of two play heads counts.
  EXPECT_EQ(rank(5, {window(0, 0, 9), window(0, 4, 9)}).order, rank(5, {window(0, 4, 9)}).order);
  EXPECT_FALSE(rank(5, {window(0, 4, 9)}) < rank(5, {window(0, 0, 9), window(0, 4, 9)}));
}

TEST(Eviction, CountsAnIdleWindowForNothingWhereAnActiveOneIs) {
  EXPECT_EQ(rank(5, {idle(window(5, 5, 6)), window(4, 6, 7)}).reason, keep_reason::look_behind);
}

TEST(Eviction, LetsThePieceUnderAnIdlePlayHeadGo) {
  EXPECT_EQ(rank(5, {idle(window(4, 5, 6))}).reason, keep_reason::idle_window);
}

TEST(Eviction, LetsThePieceUnderAHeadGoThatDoesNotHoldIt) {
  auto behind_only = window(2, 5, 6);
  behind_only.head_reason = keep_reason::look_behind;
  EXPECT_EQ(rank(5, {behind_only}).reason, keep_reason::look_behind);
  EXPECT_EQ(order_of_eviction({behind_only}, all_used_in_order(6)), (std::vector{0, 1, 2, 3, 4, 5}));
  // The piece right behind a play head stays longer than the one before it, whatever window that ends.
  EXPECT_EQ(order_of_eviction({window(0, 2, 3), behind_only}, all_used_in_order(6)), (std::vector{3, 0, 4, 1, 5, 2}));

  auto ahead = window(3, 3, 6);
  ahead.head_reason = keep_reason::look_ahead;
  EXPECT_EQ(rank(3, {ahead}).reason, keep_reason::look_ahead);
  EXPECT_EQ(order_of_eviction({ahead}, all_used_in_order(6)), (std::vector{0, 1, 2, 5, 4, 3}));
}

TEST(Eviction, TakesTheEndOfAWindowAsOutside) {
  EXPECT_EQ(rank(3, {window(1, 1, 3)}).reason, keep_reason::none);
  EXPECT_EQ(rank(2, {window(1, 1, 3)}).reason, keep_reason::look_ahead);
  EXPECT_EQ(rank(0, {window(1, 1, 3)}).reason, keep_reason::none);
}

TEST(Eviction, KeepsNothingForAnEmptyWindow) {
  EXPECT_EQ(rank(4, {window(4, 4, 4)}, 7).reason, keep_reason::none);
  EXPECT_EQ(rank(4, {window(4, 4, 4)}, 7).order, 7);
}

// Torrents share a budget, so distances of pieces of unlike length are compared.
TEST(Eviction, MeasuresDistanceInBytes) {
  std::vector<play_window> const windows{window(0, 0, 10)};
  auto const two_long_ones_away = rank_piece(lt::piece_index_t(2), 4096, windows, 0);
  auto const five_short_ones_away = rank_piece(lt::piece_index_t(5), 1024, windows, 0);
  EXPECT_LT(two_long_ones_away, five_short_ones_away);
}

TEST(Eviction, MeasuresDistancesBeyondTwoGigabytes) {
  std::vector<play_window> const windows{window(0, 0, 1000)};
  auto const far = rank_piece(lt::piece_index_t(999), 16 << 20, windows, 0);
  EXPECT_EQ(far.order, -999 * (std::int64_t{16} << 20));
}

} // namespace memtorrent::test
