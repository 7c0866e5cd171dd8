#include "stream/window_plan.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace memtorrent {

namespace {

using test::MiB;

// A film of 100 pieces of 1 MiB on 20 MiB, without slack: 20 pieces to a head, which looks as far as it may.
class WindowPlan : public testing::Test {
 protected:
  window_policy policy = [] {
    window_policy p;
    p.slack_percent = 0;
    p.least_ahead_bytes = std::int64_t{1} << 40;
    return p;
  }();
  torrent_snapshot torrent = [] {
    torrent_snapshot t;
    t.share_bytes = 20 * MiB;
    t.piece_length_bytes = MiB;
    return t;
  }();
  std::set<int> there;
  std::set<int> begun;

  WindowPlan() {
    torrent.is_there = [this](lt::piece_index_t piece) { return there.count(static_cast<int>(piece)) > 0; };
    torrent.is_begun = [this](lt::piece_index_t piece) { return begun.count(static_cast<int>(piece)) > 0; };
  }

  void add_head(int piece, bool idle = false) {
    head_snapshot h;
    h.piece = lt::piece_index_t(piece);
    h.end_of_file = lt::piece_index_t(100);
    h.idle = idle;
    torrent.heads.push_back(h);
  }
  void have(int begin, int end) {
    for (int p = begin; p < end; ++p) there.insert(p);
  }
  window_plan plan() { return plan_windows(policy, torrent); }

  static int begin_of(play_window const& w) { return static_cast<int>(w.begin); }
  static int end_of(play_window const& w) { return static_cast<int>(w.end); }

  static wanted_piece const* find(window_plan const& plan, int piece) {
    auto const found = std::find_if(plan.wanted.begin(), plan.wanted.end(),
                                    [&](wanted_piece const& w) { return static_cast<int>(w.piece) == piece; });
    return found == plan.wanted.end() ? nullptr : &*found;
  }
};

TEST_F(WindowPlan, LooksAheadWithAllOfItsShareAfterASeek) {
  add_head(40);
  auto const p = plan();
  EXPECT_EQ(static_cast<int>(p.windows[0].head), 40);
  EXPECT_EQ(end_of(p.windows[0]), 60);
}

TEST_F(WindowPlan, GivesAQuarterToWhatIsBehindOnceItIsThere) {
  add_head(40);
  have(20, 41);
  auto const p = plan();
  EXPECT_EQ(begin_of(p.windows[0]), 35);
  EXPECT_EQ(end_of(p.windows[0]), 55);
}

TEST_F(WindowPlan, DoesNotMoveItsEndWhileTheLookBehindFills) {
  have(0, 100);
  for (int head = 40; head <= 45; ++head) {
    there.clear();
    have(40, head);
    torrent.heads.clear();
    add_head(head);
    EXPECT_EQ(end_of(plan().windows[0]), 60) << "head at " << head;
  }
}

TEST_F(WindowPlan, LeavesBehindWhatCannotBeAhead) {
  add_head(98);
  have(0, 100);
  auto const p = plan();
  EXPECT_EQ(begin_of(p.windows[0]), 80);
  EXPECT_EQ(end_of(p.windows[0]), 100);
}

TEST_F(WindowPlan, KeepsTheSumOfWhatIsThereWithinTheShare) {
  have(0, 100);
  for (int head = 0; head < 100; ++head) {
    torrent.heads.clear();
    add_head(head);
    auto const p = plan();
    EXPECT_LE(end_of(p.windows[0]) - begin_of(p.windows[0]), 20) << "head at " << head;
  }
}

TEST_F(WindowPlan, GivesTheHighestPriorityToThePieceUnderTheHeadAlone) {
  add_head(40);
  auto const p = plan();
  for (auto const& want : p.wanted)
    EXPECT_EQ(want.priority == lt::top_priority, static_cast<int>(want.piece) == 40) << static_cast<int>(want.piece);
}

TEST_F(WindowPlan, AsksForTheVeryFirstPieceAlone) {
  torrent.is_untried = true;
  add_head(40);
  auto const p = plan();
  ASSERT_EQ(p.wanted.size(), 1u);
  EXPECT_EQ(static_cast<int>(p.wanted[0].piece), 40);
  EXPECT_EQ(end_of(p.windows[0]), 60) << "its window is what it will be";
}

TEST_F(WindowPlan, WantsNearPiecesMoreThanFarOnes) {
  add_head(40);
  auto const p = plan();
  ASSERT_EQ(p.wanted.size(), 20u);
  EXPECT_TRUE(std::is_sorted(p.wanted.begin(), p.wanted.end(),
                             [](auto const& a, auto const& b) { return a.priority > b.priority; }));
  EXPECT_GT(p.wanted.back().priority, lt::dont_download);
}

TEST_F(WindowPlan, SetsDeadlinesForTheNextFewPiecesOnly) {
  add_head(40);
  auto const p = plan();
  EXPECT_EQ(find(p, 40)->deadline_ms, 0);
  EXPECT_EQ(find(p, 41)->deadline_ms, policy.deadline_step_ms);
  EXPECT_EQ(find(p, 43)->deadline_ms, 3 * policy.deadline_step_ms);
  EXPECT_LT(find(p, 44)->deadline_ms, 0);
}

TEST_F(WindowPlan, SetsDeadlinesForTheFirstPiecesThatAreMissing) {
  add_head(40);
  have(41, 45);
  auto const p = plan();
  for (int const piece : {40, 45, 46, 47})
    EXPECT_EQ(find(p, piece)->deadline_ms, (piece - 40) * policy.deadline_step_ms) << "piece " << piece;
  for (int const piece : {41, 44, 48}) EXPECT_LT(find(p, piece)->deadline_ms, 0) << "piece " << piece;
}

// 35,792 minutes are more than an int of milliseconds holds.
TEST_F(WindowPlan, SetsDeadlinesHoweverManyPiecesAheadAreThere) {
  torrent.piece_length_bytes = 16 * 1024;
  torrent.share_bytes = std::int64_t{50'000} * 16 * 1024;
  for (bool const another_waits : {false, true}) {
    torrent.heads.clear();
    add_head(0);
    torrent.heads[0].end_of_file = lt::piece_index_t(50'000);
    if (another_waits) {
      add_head(0);
      torrent.heads[1].waiting = true;
      torrent.heads[1].seek_number = 1;
      torrent.share_bytes *= 2;
    }
    for (int const there_ahead : {35'790, 35'791, 40'000}) {
      there.clear();
      have(0, there_ahead);
      auto const p = plan();
      for (int piece = there_ahead; piece < there_ahead + 3; ++piece) {
        ASSERT_NE(find(p, piece), nullptr) << "piece " << piece;
        EXPECT_GE(find(p, piece)->deadline_ms, std::int64_t{35'790} * policy.deadline_step_ms) << "piece " << piece;
      }
    }
  }
}

TEST_F(WindowPlan, SetsAtLeastThreeDeadlinesHoweverBigThePieces) {
  torrent.piece_length_bytes = static_cast<int>(16 * MiB);
  torrent.share_bytes = 128 * MiB;
  add_head(40);
  auto const p = plan();
  EXPECT_GE(find(p, 42)->deadline_ms, 0);
  EXPECT_LT(find(p, 43)->deadline_ms, 0);
}

TEST_F(WindowPlan, WantsNothingForAnIdleHeadButKeepsItsWindow) {
  add_head(10, true);
  add_head(60);
  auto const p = plan();
  EXPECT_TRUE(p.windows[0].idle);
  EXPECT_EQ(find(p, 10), nullptr);
  ASSERT_NE(find(p, 60), nullptr);
}

TEST_F(WindowPlan, SharesTheBudgetAmongActiveHeads) {
  add_head(10);
  add_head(60);
  auto const p = plan();
  EXPECT_EQ(end_of(p.windows[0]), 20);
  EXPECT_EQ(end_of(p.windows[1]), 70);
}

TEST_F(WindowPlan, SharesTheBudgetByHowFastHeadsRead) {
  for (int const piece : {10, 60}) {
    add_head(piece);
    torrent.heads.back().since_seek_ms = 60'000;
  }
  torrent.heads[0].bytes_per_second = 2 * MiB;
  torrent.heads[1].bytes_per_second = MiB / 2;
  auto const p = plan();
  EXPECT_EQ(end_of(p.windows[0]), 26) << "four fifths";
  EXPECT_EQ(end_of(p.windows[1]), 64);
}

TEST_F(WindowPlan, TakesNoHeadForFasterThanAnotherBeforeItsPlayersBufferIsFull) {
  for (int const piece : {10, 60}) add_head(piece);
  torrent.heads[0].bytes_per_second = 50 * MiB;
  torrent.heads[0].since_seek_ms = 3000;
  EXPECT_EQ(end_of(plan().windows[0]), 20);
}

TEST_F(WindowPlan, LeavesTwoPiecesToTheSlowestHead) {
  for (int const piece : {10, 60}) {
    add_head(piece);
    torrent.heads.back().since_seek_ms = 60'000;
  }
  torrent.heads[0].bytes_per_second = 100 * MiB;
  torrent.heads[1].bytes_per_second = 1;
  auto const p = plan();
  EXPECT_EQ(end_of(p.windows[0]), 28);
  EXPECT_EQ(end_of(p.windows[1]), 62);
}

TEST_F(WindowPlan, LeavesOnePieceToEachOfMoreHeadsThanThereAreTwoPiecesFor) {
  for (int i = 0; i < 20; ++i) add_head(4 * i);
  auto const p = plan();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(end_of(p.windows[static_cast<std::size_t>(i)]), 4 * i + 1);
}

TEST_F(WindowPlan, LeavesTwoPiecesToEachThoughThereIsNoSpaceForTheSlackThen) {
  policy.slack_percent = 8;
  torrent.share_bytes = 4 * MiB;
  for (int const piece : {10, 60}) add_head(piece);
  auto const p = plan();
  EXPECT_EQ(end_of(p.windows[0]), 12);
  EXPECT_EQ(end_of(p.windows[1]), 62);
}

TEST_F(WindowPlan, LeavesOnePieceToTheOnlyHeadOfAShareOfOne) {
  torrent.share_bytes = MiB;
  add_head(10);
  EXPECT_EQ(end_of(plan().windows[0]), 11);
}

TEST_F(WindowPlan, KeepsNoMoreBehindThanHalfAMinuteOfAFilmWhoseRateIsKnown) {
  torrent.share_bytes = 48 * MiB;
  add_head(40);
  have(0, 41);
  EXPECT_EQ(begin_of(plan().windows[0]), 28);
  torrent.heads[0].film_bytes_per_second = MiB / 5 + 1;
  EXPECT_EQ(begin_of(plan().windows[0]), 33) << "six pieces, and the one that they begin in";
}

TEST_F(WindowPlan, LooksAheadForAPreloadHoweverSlowlyItIsRead) {
  policy.least_ahead_bytes = MiB;
  add_head(40);
  EXPECT_EQ(end_of(plan().windows[0]), 42);
  torrent.heads[0].preload_bytes = 12 * MiB;
  EXPECT_EQ(end_of(plan().windows[0]), 53);
}

// The last two pieces of the file, pinned.
class FileEnds : public WindowPlan {
 protected:
  FileEnds() {
    add_head(0);
    torrent.file_ends = {{lt::piece_index_t(0), lt::piece_index_t(1)}, {lt::piece_index_t(98), lt::piece_index_t(100)}};
  }
};

TEST_F(FileEnds, WaitForTheFirstPiecesUnderTheHead) {
  have(0, 1);
  EXPECT_EQ(find(plan(), 98), nullptr);
  have(1, 2);
  auto const p = plan();
  ASSERT_NE(find(p, 98), nullptr);
  EXPECT_EQ(find(p, 98)->priority, lt::top_priority);
  EXPECT_EQ(find(p, 98)->deadline_ms, 0);
}

TEST_F(FileEnds, WaitForAHeadOfTheirOwnFileOnly) {
  have(0, 2);
  add_head(50);
  EXPECT_NE(find(plan(), 98), nullptr);
  torrent.heads[0].first_of_file = torrent.heads[0].piece = lt::piece_index_t(0);
  torrent.heads[0].end_of_file = lt::piece_index_t(50);
  torrent.heads[1].first_of_file = lt::piece_index_t(50);
  EXPECT_EQ(find(plan(), 98), nullptr);
  have(50, 52);
  EXPECT_NE(find(plan(), 98), nullptr);
}

TEST_F(FileEnds, AreNotDueWhileAHeadWaits) {
  have(0, 2);
  add_head(50);
  torrent.heads[1].waiting = true;
  auto const p = plan();
  ASSERT_NE(find(p, 98), nullptr);
  EXPECT_GT(find(p, 98)->deadline_ms, 0);
  EXPECT_LT(find(p, 98)->priority, lt::top_priority);
  EXPECT_EQ(find(p, 50)->deadline_ms, 0);
}

TEST_F(FileEnds, AreFinishedOnceBegun) {
  begun = {98};
  auto const p = plan();
  ASSERT_NE(find(p, 98), nullptr);
  EXPECT_EQ(find(p, 99), nullptr);
}

TEST_F(FileEnds, StayWantedWhenTheyAreThere) {
  have(0, 2);
  have(98, 100);
  auto const p = plan();
  ASSERT_NE(find(p, 99), nullptr);
  EXPECT_LT(find(p, 99)->deadline_ms, 0);
}

TEST_F(WindowPlan, TakesTheMoreUrgentOfTwoHeadsThatWantTheSamePiece) {
  add_head(40);
  add_head(45);
  auto const p = plan();
  EXPECT_EQ(find(p, 45)->priority, lt::top_priority);
  EXPECT_EQ(find(p, 45)->deadline_ms, 0);
  EXPECT_EQ(
      std::count_if(p.wanted.begin(), p.wanted.end(), [](auto const& w) { return static_cast<int>(w.piece) == 45; }),
      1);
}

TEST_F(WindowPlan, HasThePieceOfTheHeadThatCameLastDueFirst) {
  for (int const piece : {40, 60, 80}) {
    add_head(piece);
    torrent.heads.back().waiting = true;
  }
  torrent.heads[0].seek_number = 2;
  torrent.heads[1].seek_number = 3;
  torrent.heads[2].seek_number = 1;
  auto const deadlines = [this] {
    auto const p = plan();
    return std::vector<int>{find(p, 40)->deadline_ms, find(p, 60)->deadline_ms, find(p, 80)->deadline_ms};
  };
  int const later = policy.deadline_step_ms;
  EXPECT_EQ(deadlines(), (std::vector<int>{later, 0, later}));
  EXPECT_EQ(find(plan(), 80)->priority, lt::top_priority);
  torrent.heads[1].waiting = false;
  EXPECT_EQ(deadlines(), (std::vector<int>{0, 0, later})) << "it will wait in a moment";
}

// A film of 2 MiB/s, read from the middle of piece 40, on a share of 20 pieces.
class LookAhead : public WindowPlan {
 protected:
  LookAhead() {
    policy.least_ahead_bytes = window_policy().least_ahead_bytes;
    add_head(40);
    torrent.heads[0].bytes_into_piece = MiB / 2;
    torrent.heads[0].bytes_per_second = 2 * MiB;
  }
  int end_after(std::int64_t since_seek_ms) {
    torrent.heads[0].since_seek_ms = since_seek_ms;
    return end_of(plan().windows[0]);
  }
};

TEST_F(LookAhead, IsASecondAndAHalfForHalfAMinuteAfterASeek) {
  EXPECT_EQ(end_after(0), 44) << "3 MiB from the middle of piece 40 end in piece 43";
  EXPECT_EQ(end_after(30'000), 44);
}

TEST_F(LookAhead, ThenGrowsByTwoSecondsEachSecond) {
  EXPECT_EQ(end_after(31'000), 48);
  EXPECT_EQ(end_after(32'000), 52);
}

TEST_F(LookAhead, GrowsNoFurtherThanItsShare) {
  EXPECT_EQ(end_after(60'000), 60);
  EXPECT_EQ(end_after(std::int64_t{100} * 24 * 3'600'000), 60);
}

TEST_F(LookAhead, GoesAsFarAsItMayForWhoReadsAsFastAsItComes) {
  torrent.heads[0].bytes_per_second = 100 * MiB;
  EXPECT_EQ(end_after(0), 60);
}

TEST_F(LookAhead, HoldsAFewPiecesForWhoHasNotReadYet) {
  torrent.heads[0].bytes_per_second = 0;
  EXPECT_EQ(end_after(0), 43) << "2 MiB from the middle of piece 40 end in piece 42";
}

TEST_F(LookAhead, HoldsTheNextPieceHoweverBigPiecesAre) {
  torrent.piece_length_bytes = 16 * MiB;
  torrent.share_bytes = 128 * MiB;
  torrent.heads[0].bytes_per_second = 0;
  EXPECT_EQ(end_after(0), 42);
}

TEST_F(WindowPlan, HoldsTwoPiecesOnABudgetOfTwo) {
  torrent.share_bytes = 32 * MiB;
  torrent.piece_length_bytes = 16 * MiB;
  policy.slack_percent = 8;
  add_head(3);
  have(0, 4);
  auto const p = plan();
  EXPECT_EQ(begin_of(p.windows[0]), 3);
  EXPECT_EQ(end_of(p.windows[0]), 5);
}

TEST_F(WindowPlan, StaysInsideTheFile) {
  add_head(1);
  torrent.heads[0].first_of_file = lt::piece_index_t(1);
  torrent.heads[0].end_of_file = lt::piece_index_t(4);
  have(0, 100);
  auto const p = plan();
  EXPECT_EQ(begin_of(p.windows[0]), 1);
  EXPECT_EQ(end_of(p.windows[0]), 4);
  EXPECT_EQ(p.wanted.size(), 3u);
}

} // namespace

} // namespace memtorrent
