#include "stream/request_limits.hpp"

#include <gtest/gtest.h>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t block = 16 * 1024;

class PeerRate : public testing::Test {
 protected:
  peer_rate rate;
  peer_rate::clock::time_point now = peer_rate::clock::time_point() + 1h;
  swarm_controls::sender peer;

  PeerRate() {
    peer.requested_blocks = 8;
    rate.update(peer, now);
  }

  void receive(std::chrono::milliseconds time, std::int64_t blocks) {
    now += time;
    peer.received_bytes += blocks * block;
    rate.update(peer, now);
  }
};

TEST_F(PeerRate, LetsAPeerThatIsNotKnownHaveAnyNumber) {
  EXPECT_GT(rate.blocks_outstanding(), 100'000);
  receive(100ms, 1);
  EXPECT_GT(rate.blocks_outstanding(), 100'000) << "its first block says little";
}

TEST_F(PeerRate, AsksForWhatItSendsIn350Milliseconds) {
  receive(0ms, 1);
  receive(250ms, 25);
  EXPECT_EQ(rate.blocks_outstanding(), 35);
}

TEST_F(PeerRate, DoesNotCountTheTimeBeforeItsFirstBlock) {
  now += 10s;
  receive(0ms, 1);
  receive(250ms, 25);
  EXPECT_EQ(rate.blocks_outstanding(), 35);
}

TEST_F(PeerRate, AsksForAFewAtLeast) {
  receive(0ms, 1);
  receive(10s, 1);
  EXPECT_EQ(rate.blocks_outstanding(), 4);
}

TEST_F(PeerRate, RisesAtOnceAndFallsSlowly) {
  receive(0ms, 1);
  receive(250ms, 25);
  receive(250ms, 100);
  EXPECT_EQ(rate.blocks_outstanding(), 140);
  receive(250ms, 1);
  EXPECT_EQ(rate.blocks_outstanding(), 122);
}

TEST_F(PeerRate, RemembersWhileNothingIsAskedOfIt) {
  receive(0ms, 1);
  receive(250ms, 25);
  peer.requested_blocks = 0;
  for (int i = 0; i < 100; ++i) receive(250ms, 0);
  EXPECT_EQ(rate.blocks_outstanding(), 35);
}

TEST_F(PeerRate, AsksForMoreOfAPeerThatSendsInPulses) {
  receive(0ms, 1);
  receive(250ms, 25);
  for (int i = 0; i < 2; ++i) {
    receive(200ms, 0);
    receive(50ms, 25);
  }
  EXPECT_EQ(rate.blocks_outstanding(), 74) << "what it sends in 0.74 s";
}

TEST_F(PeerRate, TakesALongPauseForOne) {
  receive(0ms, 1);
  receive(250ms, 25);
  for (int i = 0; i < 20; ++i) receive(100ms, 0);
  EXPECT_LE(rate.blocks_outstanding(), 55) << "what it sends in 0.55 s";
}

TEST_F(PeerRate, AsksForWhatAPeerSendsInASecondAtMost) {
  receive(0ms, 1);
  receive(250ms, 25);
  for (int i = 0; i < 100; ++i) {
    receive(200ms, 0);
    receive(50ms, 25);
  }
  EXPECT_LE(rate.blocks_outstanding(), 100);
  EXPECT_GT(rate.blocks_outstanding(), 95);
}

TEST_F(PeerRate, TakesNoPauseForWhatASlowLineNeedsForABlock) {
  receive(0ms, 1);
  for (int i = 0; i < 100; ++i) {
    receive(150ms, 0);
    receive(150ms, 3);
  }
  EXPECT_EQ(rate.blocks_outstanding(), 4);
}

TEST_F(PeerRate, ComesBackToLessWhenThePulsesEnd) {
  receive(0ms, 1);
  receive(250ms, 25);
  receive(200ms, 0);
  for (int i = 0; i < 100; ++i) receive(250ms, 25);
  EXPECT_EQ(rate.blocks_outstanding(), 35);
}

} // namespace

} // namespace memtorrent
