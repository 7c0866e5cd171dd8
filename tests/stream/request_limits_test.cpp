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
  std::int64_t received_bytes = 0;

  PeerRate() { rate.update(0, now); }

  void receive(std::chrono::milliseconds time, std::int64_t blocks) {
    now += time;
    received_bytes += blocks * block;
    rate.update(received_bytes, now);
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

TEST_F(PeerRate, RemembersWhileNothingComes) {
  receive(0ms, 1);
  receive(250ms, 25);
  for (int i = 0; i < 100; ++i) receive(250ms, 0);
  EXPECT_EQ(rate.blocks_outstanding(), 35);
}

} // namespace

} // namespace memtorrent
