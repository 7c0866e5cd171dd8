#include "session/known_peers.hpp"

#include <gtest/gtest.h>

namespace memtorrent::session {
namespace {

using namespace std::chrono_literals;
using endpoint = known_peers::endpoint;
using clock = known_peers::clock;

endpoint peer(std::uint16_t port) { return {boost::asio::ip::make_address("192.0.2.1"), port}; }

// Peers that are tried again at once; what was asked for is counted.
struct fixture {
  explicit fixture(int max_failures)
      : peers(
            io, policy(max_failures), [this](auto const&) { ++connects; },
            [this](endpoint const& lost) { given_up.push_back(lost); }) {}

  static known_peers::retry_policy policy(int max_failures) {
    known_peers::retry_policy policy;
    policy.first_delay = 0ms;
    policy.longest_delay = 0ms;
    policy.max_failures = max_failures;
    policy.lasting = 30s;
    return policy;
  }

  // Runs until nothing is due.
  void run() {
    io.restart();
    io.run();
  }

  boost::asio::io_context io;
  int connects = 0;
  std::vector<endpoint> given_up;
  known_peers peers;
};

TEST(KnownPeers, AreConnectedToOnce) {
  fixture f(3);
  f.peers.add({peer(1), peer(2), peer(1)});
  EXPECT_EQ(f.connects, 2);
}

TEST(KnownPeers, AreTriedAgainWhenLost) {
  fixture f(3);
  f.peers.add({peer(1)});
  f.peers.on_disconnected(peer(1), clock::time_point(1s));
  f.run();
  EXPECT_EQ(f.connects, 2);
}

TEST(KnownPeers, AreGivenUpAfterSoManyFailuresInARow) {
  fixture f(3);
  f.peers.add({peer(1)});
  for (int i = 0; i < 5; ++i) {
    f.peers.on_connected(peer(1), clock::time_point(10s));
    f.peers.on_disconnected(peer(1), clock::time_point(11s));
    f.run();
  }
  EXPECT_EQ(f.connects, 3);
  EXPECT_EQ(f.given_up, std::vector<endpoint>{peer(1)});
}

TEST(KnownPeers, StartAnewAfterAConnectionThatLasted) {
  fixture f(3);
  f.peers.add({peer(1)});
  for (int i = 0; i < 5; ++i) {
    f.peers.on_connected(peer(1), clock::time_point(10s));
    f.peers.on_disconnected(peer(1), clock::time_point(50s));
    f.run();
  }
  EXPECT_EQ(f.connects, 6);
  EXPECT_TRUE(f.given_up.empty());
}

TEST(KnownPeers, LeaveOtherPeersAlone) {
  fixture f(3);
  f.peers.add({peer(1)});
  f.peers.on_connected(peer(2), clock::time_point(1s));
  f.peers.on_disconnected(peer(2), clock::time_point(2s));
  f.run();
  EXPECT_EQ(f.connects, 1);
}

TEST(KnownPeers, AreNotTriedAfterTheStop) {
  fixture f(3);
  f.peers.add({peer(1)});
  f.peers.on_disconnected(peer(1), clock::time_point(1s));
  f.peers.stop();
  f.run();
  EXPECT_EQ(f.connects, 1);
}

} // namespace
} // namespace memtorrent::session
