#include "stream/request_limits.hpp"
#include "support/connection_at.hpp"
#include "support/short_names.hpp"
#include "support/told_swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;
using test::block_bytes;
using test::connection_at;

class PeerRate : public testing::Test {
 protected:
  peer_rate rate;
  peer_rate::clock::time_point now = peer_rate::clock::time_point() + 1h;
  sender peer;

  PeerRate() {
    peer.requested_blocks = 8;
    rate.update(peer, now);
  }

  void receive(std::chrono::milliseconds time, std::int64_t blocks) {
    now += time;
    peer.received_bytes += blocks * block_bytes;
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

TEST_F(PeerRate, UsuallyIsThatOfTheLastSecondsInWhichItOwedBlocks) {
  receive(0ms, 1);
  for (int i = 0; i < 20; ++i) receive(250ms, i % 2 == 0 ? 4 : 0); // 8 a second, in bursts
  EXPECT_EQ(rate.bytes_per_second(), 16 * block_bytes);
  EXPECT_NEAR(static_cast<double>(rate.usual_bytes_per_second()) / block_bytes, 8, 1.5);
  auto const before = rate.usual_bytes_per_second();
  peer.requested_blocks = 0;
  receive(0ms, 0);
  for (int i = 0; i < 20; ++i) receive(250ms, 0);
  EXPECT_EQ(rate.usual_bytes_per_second(), before) << "it owes nothing";
}

TEST_F(PeerRate, UsuallyFallsWhileItOwesBlocksAndSendsNothing) {
  receive(0ms, 1);
  receive(250ms, 25);
  for (int i = 0; i < 40; ++i) receive(250ms, 0);
  EXPECT_LT(rate.usual_bytes_per_second(), block_bytes);
  EXPECT_EQ(rate.silent_since(), now - 10s);
}

TEST_F(PeerRate, IsNotSilentBeforeItWasEverAsked) {
  peer_rate fresh;
  fresh.update(peer, now);
  EXPECT_EQ(fresh.silent_since(), now) << "it was asked when it unchoked us";
  fresh.update(peer, now + 100ms);
  EXPECT_EQ(fresh.silent_since(), now);
}

// Peers that have each sent for a second, at their rates in blocks a second.
class RequestLimits : public testing::Test {
 protected:
  told_swarm swarm;
  request_limits limits;
  peer_rate::clock::time_point now = peer_rate::clock::time_point() + 1h;
  std::vector<std::int64_t> rates;

  void connect(std::int64_t blocks_per_second) {
    swarm.peers.push_back({peer_handle::without_connection(), 0, 8});
    rates.push_back(blocks_per_second);
  }
  void send_for_a_second(int missing_blocks = 10'000, std::int64_t urgent_bytes = 0) {
    for (int tenth = 0; tenth < 10; ++tenth) {
      for (std::size_t i = 0; i < rates.size(); ++i) swarm.peers[i].received_bytes += rates[i] * block_bytes / 10;
      now += 100ms;
      limits.set(swarm, missing_blocks, urgent_bytes, now);
    }
  }
  int limit_of(std::size_t peer) { return swarm.limits[swarm.peers[peer].peer]; }
};

TEST_F(RequestLimits, AreEachPeersOwn) {
  connect(100);
  connect(20);
  send_for_a_second();
  EXPECT_NEAR(limit_of(0), 35, 5);
  EXPECT_NEAR(limit_of(1), 7, 2);
}

TEST_F(RequestLimits, AreHalfOfAWindowTogether) {
  connect(100);
  connect(100);
  send_for_a_second(40);
  EXPECT_EQ(limit_of(0), 10);
}

TEST_F(RequestLimits, KeepAPeerThatIsTooSlowOffWhatAReaderWaitsFor) {
  connect(100);
  connect(2);
  send_for_a_second(10'000, 16 * block_bytes);
  EXPECT_GT(limit_of(0), 20);
  EXPECT_EQ(limit_of(1), 0) << "two blocks take it a second, and all together need a sixth of one";
  send_for_a_second();
  EXPECT_EQ(limit_of(1), 4) << "nobody waits any more";
}

TEST_F(RequestLimits, KeepASlowPeerOffAPieceFromItsBeginning) {
  for (int i = 0; i < 4; ++i) connect(76); // 10 Mbit/s
  connect(8);                              // 1 Mbit/s
  send_for_a_second(10'000, 128 * block_bytes);
  EXPECT_GT(limit_of(3), 20);
  EXPECT_EQ(limit_of(4), 0) << "five blocks take it 0.6 s, and the others have the piece in 0.4";
}

TEST_F(RequestLimits, LeaveAPeerThatIsFastEnoughForAPieceOnAtItsEnd) {
  for (int i = 0; i < 4; ++i) connect(76);
  connect(20);
  send_for_a_second(10'000, 10 * block_bytes);
  EXPECT_GT(limit_of(4), 0) << "it is to go on with the next piece";
}

TEST_F(RequestLimits, AskASlowPeerForWhatTakesEverybodyLong) {
  connect(100);
  connect(2);
  send_for_a_second(10'000, 1024 * block_bytes);
  EXPECT_EQ(limit_of(1), 2) << "two blocks of a piece of ten seconds";
}

TEST_F(RequestLimits, KeepNobodyOffWhoIsAlone) {
  connect(1);
  send_for_a_second(10'000, 16 * block_bytes);
  EXPECT_EQ(limit_of(0), 2);
}

TEST_F(RequestLimits, KeepTheFastestOnWhenAllAreSlow) {
  for (int i = 0; i < 20; ++i) connect(3);
  send_for_a_second(10'000, 4 * block_bytes);
  int asked = 0;
  for (int i = 0; i < 20; ++i) asked += limit_of(i) > 0 ? 1 : 0;
  EXPECT_GE(asked, 4) << "there are four blocks to come";
  EXPECT_LT(asked, 20);
}

TEST_F(RequestLimits, KeepTheFirstOfTheSendersOnAmongEquals) {
  for (int i = 0; i < 20; ++i) connect(3);
  std::reverse(swarm.peers.begin() + 10, swarm.peers.end()); // so that no order of addresses is that of the senders
  send_for_a_second(10'000, 4 * block_bytes);
  std::vector<bool> is_asked;
  for (std::size_t i = 0; i < swarm.peers.size(); ++i) is_asked.push_back(limit_of(i) > 0);
  EXPECT_TRUE(std::is_sorted(is_asked.rbegin(), is_asked.rend()));
  EXPECT_TRUE(is_asked.front());
  EXPECT_FALSE(is_asked.back());
}

TEST_F(RequestLimits, AreNotInheritedByAConnectionAtTheAddressOfOneThatLeft) {
  char address = 0;
  connect(100);
  connect(100);
  swarm.peers[0].peer = connection_at(address);
  send_for_a_second();
  ASSERT_NEAR(limit_of(0), 35, 5);
  swarm.peers[0] = {connection_at(address), 0, 8};
  limits.set(swarm, 10'000, 0, now += 100ms);
  EXPECT_EQ(limit_of(0), 2'500) << "its share of half of the window: nothing is known of it";
  EXPECT_LT(limits.known(swarm, lt::piece_index_t(0), now)[0].bytes_per_second, 0);
}

TEST_F(RequestLimits, KnowHowLongAllTogetherTake) {
  connect(100);
  EXPECT_EQ(limits.time_for(block_bytes), std::nullopt);
  connect(28);
  send_for_a_second();
  auto const time = limits.time_for(128 * block_bytes);
  ASSERT_TRUE(time);
  EXPECT_NEAR(static_cast<double>(time->count()), 1000, 200);
}

} // namespace

} // namespace memtorrent
