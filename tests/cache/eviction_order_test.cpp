#include "cache/eviction_order.hpp"

#include "cache/play_windows.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

// The order in which a torrent's pieces go, as it is kept up to date. What the order is: eviction_test.cpp.

namespace memtorrent::test {

namespace {

class EvictionOrder : public testing::Test {
 protected:
  void add(std::vector<int> const& pieces) {
    for (int const p : pieces) {
      use(p);
      m_order.add(piece(p));
    }
  }
  void use(int p) { m_last_use[p] = ++m_clock; }

  std::vector<int> order() {
    std::vector<int> pieces;
    for (eviction_order::walk walk(m_order); walk.current(); walk.advance())
      pieces.push_back(static_cast<int>(walk.current()->piece));
    return pieces;
  }

  std::map<int, std::int64_t> m_last_use;
  std::int64_t m_clock = 0;
  eviction_order m_order{16 * 1024, [this](lt::piece_index_t p) { return m_last_use[static_cast<int>(p)]; }};
};

} // namespace

TEST_F(EvictionOrder, IsThatOfLastUse) {
  add({3, 1, 2});
  EXPECT_EQ(order(), (std::vector{3, 1, 2}));
}

TEST_F(EvictionOrder, FollowsUsesThatItWasNotToldOf) {
  add({0, 1, 2, 3});
  use(1);
  use(0);
  EXPECT_EQ(order(), (std::vector{2, 3, 1, 0}));
  use(2);
  EXPECT_EQ(order(), (std::vector{3, 1, 0, 2}));
}

TEST_F(EvictionOrder, ForgetsWhatIsRemoved) {
  add({0, 1, 2});
  m_order.set_windows({window(2, 2, 3)});
  m_order.remove(piece(0));
  m_order.remove(piece(2));
  m_order.remove(piece(7));
  EXPECT_EQ(order(), (std::vector{1}));
  EXPECT_EQ(m_order.pieces(), (std::vector{piece(1)}));
}

TEST_F(EvictionOrder, GoesFromNobodysToTheWindowsFarEnds) {
  add({0, 1, 2, 3, 4, 5, 6, 7});
  m_order.set_windows({window(2, 4, 7)});
  EXPECT_EQ(order(), (std::vector{0, 1, 7, 2, 3, 6, 5})) << "the piece under the head never goes";
}

TEST_F(EvictionOrder, GoesThroughAnIdleWindowFromBothEndsToItsHead) {
  add({0, 1, 2, 3, 4, 5});
  m_order.set_windows({idle(window(1, 2, 6))});
  EXPECT_EQ(order(), (std::vector{0, 5, 4, 1, 3, 2}));
}

TEST_F(EvictionOrder, GoesThroughAWindowThatDoesNotHoldItsHeadUpToIt) {
  add({0, 1, 2, 3, 4, 5});
  auto behind_only = window(1, 3, 4);
  behind_only.head_reason = keep_reason::look_behind;
  m_order.set_windows({behind_only});
  EXPECT_EQ(order(), (std::vector{0, 4, 5, 1, 2, 3}));
}

TEST_F(EvictionOrder, KeepsAPieceForTheWindowThatWantsItMost) {
  add({0, 1, 3, 4});
  m_order.set_windows({window(0, 2, 4), window(3, 9, 10)});
  EXPECT_EQ(order(), (std::vector{4, 0, 1, 3})) << "3 is behind the second head but ahead of the first";
}

TEST_F(EvictionOrder, TakesAPieceOutOfTheListWhileAWindowHoldsIt) {
  add({0, 1, 2, 3});
  m_order.set_windows({window(0, 0, 2)});
  EXPECT_EQ(order(), (std::vector{2, 3, 1}));
  m_order.set_windows({window(2, 2, 4)});
  EXPECT_EQ(order(), (std::vector{0, 1, 3})) << "what left the window is as old as its last use";
  m_order.set_windows({});
  EXPECT_EQ(order(), (std::vector{0, 1, 2, 3}));
}

TEST_F(EvictionOrder, ListsWhatArrivesInAWindowOnlyWhenTheWindowLeaves) {
  m_order.set_windows({window(0, 0, 4)});
  add({0, 1});
  EXPECT_EQ(order(), (std::vector{1}));
  m_order.set_windows({});
  EXPECT_EQ(order(), (std::vector{0, 1}));
}

TEST_F(EvictionOrder, NeverLetsPinnedPiecesGo) {
  add({0, 1, 2, 3, 4, 5});
  m_order.set_windows({window(2, 3, 6)});
  m_order.set_pinned({{piece(0), piece(1)}, {piece(5), piece(6)}});
  EXPECT_EQ(order(), (std::vector{1, 2, 4}));
  EXPECT_EQ(m_order.rank(piece(5), 0).reason, keep_reason::pinned);
  m_order.set_pinned({});
  EXPECT_EQ(order(), (std::vector{0, 1, 2, 5, 4}));
}

TEST_F(EvictionOrder, HasNothingToSayOfAnEmptyWindow) {
  add({0, 1});
  m_order.set_windows({window(1, 1, 1), window(1, 5, 1)});
  EXPECT_EQ(order(), (std::vector{0, 1}));
}

// The same as sorting all pieces by rank, whatever happened before.
TEST_F(EvictionOrder, AgreesWithSortingByRankAfterRandomChanges) {
  std::mt19937 random(7);
  auto const up_to = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  auto const random_window = [&] {
    int const head = up_to(60);
    auto drawn = window(std::max(head - up_to(10), 0), head, head + 1 + up_to(20));
    if (up_to(3) == 0) drawn.head_reason = keep_reason::look_ahead;
    if (up_to(3) == 0) return idle(drawn);
    if (up_to(3) > 0) return drawn;
    drawn.end = next_piece(drawn.head);
    drawn.head_reason = keep_reason::look_behind;
    return drawn;
  };
  for (int round = 0; round < 3'000; ++round) {
    int const p = up_to(60);
    switch (up_to(6)) {
      case 0: m_order.remove(piece(p)); break;
      case 1: m_order.set_windows({random_window(), random_window()}); break;
      case 2: m_order.set_pinned({{piece(p), piece(p + up_to(4))}}); break;
      case 3: use(p); break;
      default: use(p); m_order.add(piece(p));
    }
    std::vector<eviction_candidate> sorted;
    for (auto const there : m_order.pieces()) {
      auto const rank = m_order.rank(there, m_last_use[static_cast<int>(there)]);
      if (rank.reason != keep_reason::pinned) sorted.push_back({there, rank});
    }
    std::sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) { return a.rank < b.rank; });
    std::vector<eviction_candidate> walked;
    for (eviction_order::walk walk(m_order); walk.current(); walk.advance())
      // A piece that two windows want alike is met twice.
      if (walked.empty() || walked.back().piece != walk.current()->piece) walked.push_back(*walk.current());
    ASSERT_GE(walked.size(), sorted.size()) << "round " << round;
    for (std::size_t i = 1; i < walked.size(); ++i) ASSERT_FALSE(walked[i].rank < walked[i - 1].rank);
    for (auto const& candidate : sorted)
      ASSERT_TRUE(std::any_of(walked.begin(), walked.end(),
                              [&](auto const& w) {
                                return w.piece == candidate.piece && !(w.rank < candidate.rank) &&
                                       !(candidate.rank < w.rank);
                              }))
          << "round " << round;
  }
}

} // namespace memtorrent::test
