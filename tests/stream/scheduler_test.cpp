#include "stream/scheduler.hpp"
#include "support/short_names.hpp"
#include "support/told_swarm.hpp"

#include <gtest/gtest.h>

#include <set>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;
using test::block_bytes;
using test::MiB;

// A film of 100 pieces of 1 MiB on 10 MiB, without slack.
class Scheduler : public testing::Test {
 protected:
  told_swarm swarm;
  std::set<int> there;
  torrent_snapshot torrent;
  scheduler::clock::time_point now = scheduler::clock::time_point() + 1h;
  scheduler s{swarm, [] {
                window_policy p;
                p.slack_percent = 0;
                p.least_ahead_bytes = std::int64_t{1} << 40;
                return p;
              }()};

  Scheduler() {
    torrent.share_bytes = 10 * MiB;
    torrent.piece_length_bytes = MiB;
    torrent.is_there = [this](lt::piece_index_t piece) { return there.count(static_cast<int>(piece)) > 0; };
    torrent.is_begun = torrent.is_there;
    add_head(40);
  }
  void add_head(int piece) {
    head_snapshot h;
    h.piece = lt::piece_index_t(piece);
    h.end_of_file = lt::piece_index_t(100);
    torrent.heads.push_back(h);
  }
  void move_to(int piece) { torrent.heads[0].piece = lt::piece_index_t(piece); }
  void plan() { s.plan(torrent, now); }
};

TEST_F(Scheduler, WantsTheWindowAndNothingElse) {
  plan();
  ASSERT_EQ(swarm.priorities.size(), 10u);
  EXPECT_EQ(swarm.priorities.begin()->first, 40);
  EXPECT_EQ(swarm.priorities[40], 7);
}

TEST_F(Scheduler, LeavesTheOldWindowInTheTurnOfASeek) {
  plan();
  move_to(80);
  plan();
  ASSERT_EQ(swarm.priorities.size(), 10u);
  EXPECT_EQ(swarm.priorities.begin()->first, 80);
  EXPECT_EQ(swarm.deadlines.begin()->first, 80) << "deadlines too";
}

TEST_F(Scheduler, SaysNothingWhenNothingChanged) {
  plan();
  swarm.calls = 0;
  plan();
  EXPECT_EQ(swarm.calls, 0);
}

TEST_F(Scheduler, HasThePieceUnderTheHeadDueNow) {
  plan();
  EXPECT_EQ(swarm.deadlines[40], 0);
  EXPECT_GT(swarm.deadlines[41], 0);
  move_to(41);
  plan();
  EXPECT_EQ(swarm.deadlines[41], 0);
  EXPECT_EQ(swarm.priorities[41], 7);
}

TEST_F(Scheduler, HasNothingElseDueAfterASeekBackByOnePiece) {
  plan();
  move_to(39);
  plan();
  EXPECT_EQ(swarm.deadlines[39], 0);
  EXPECT_GT(swarm.deadlines[40], 0);
  EXPECT_EQ(swarm.priorities[40], 6);
}

TEST_F(Scheduler, DoesNotAskAgainForWhatWasDroppedUntilTheNextPlan) {
  plan();
  s.drop(lt::piece_index_t(42));
  EXPECT_EQ(swarm.priorities.count(42), 0u);
  EXPECT_EQ(swarm.deadlines.count(42), 0u);
  plan();
  EXPECT_EQ(swarm.priorities.count(42), 1u);
}

TEST_F(Scheduler, TellsAnewWhatWasEvicted) {
  plan();
  swarm.priorities.erase(45); // as the disk does when it lets a piece go
  s.forget(lt::piece_index_t(45));
  plan();
  EXPECT_EQ(swarm.priorities.count(45), 1u);
}

TEST_F(Scheduler, AsksInOrderForOneHeadOnly) {
  plan();
  EXPECT_TRUE(swarm.in_order);
  add_head(70);
  plan();
  EXPECT_FALSE(swarm.in_order);
}

TEST_F(Scheduler, LosesPatienceWithAPieceThatSomebodyWaitsFor) {
  plan();
  EXPECT_GE(swarm.patience, 5s);
  torrent.heads[0].waiting = true;
  s.tick(torrent, now + 100ms);
  EXPECT_LE(swarm.patience, 500ms);
}

TEST_F(Scheduler, AsksOthersForWhatASlowPeerOwesOfAPieceThatSomebodyWaitsFor) {
  auto const slow = peer_handle::without_connection(), fast = peer_handle::without_connection();
  swarm.peers = {{slow, 0, 8}, {fast, 0, 8}};
  auto const send_for_a_second = [&] {
    for (int tenth = 0; tenth < 10; ++tenth) {
      swarm.peers[0].received_bytes += block_bytes;
      swarm.peers[1].received_bytes += 10 * block_bytes;
      s.tick(torrent, now += 100ms);
    }
  };
  plan();
  swarm.owed[40] = {{3, slow, 7}};
  swarm.peers[1].requested_blocks = 0;
  send_for_a_second();
  EXPECT_EQ(swarm.owed[40].size(), 1U) << "nobody waits";

  torrent.heads[0].waiting = true;
  s.tick(torrent, now += 100ms);
  ASSERT_EQ(swarm.owed[40].size(), 2U);
  EXPECT_EQ(swarm.owed[40][1].peer, fast);
  EXPECT_EQ(swarm.owed[40][1].block, 3);
}

TEST_F(Scheduler, AsksPeersForHalfOfTheWindowTogether) {
  swarm.peers = {{peer_handle::without_connection(), 0, 0}, {peer_handle::without_connection(), 0, 0}};
  there = {40, 41};
  plan();
  EXPECT_EQ(swarm.limits[swarm.peers[0].peer], 8 * 64 / 2 / 2);
}

} // namespace

} // namespace memtorrent
