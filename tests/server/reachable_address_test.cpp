#include "server/reachable_address.hpp"

#include <gtest/gtest.h>

namespace memtorrent::server {
namespace {

using boost::asio::ip::make_address;

TEST(ReachableAddress, IsTheOneThatIsListenedOn) {
  for (auto const* text : {"127.0.0.1", "192.0.2.1", "::1"}) {
    EXPECT_EQ(reachable_address(make_address(text)), make_address(text));
  }
}

TEST(ReachableAddress, StandsInForAllAddresses) {
  for (auto const* text : {"0.0.0.0", "::"}) EXPECT_FALSE(reachable_address(make_address(text)).is_unspecified());
  EXPECT_TRUE(reachable_address(make_address("0.0.0.0")).is_v4());
}

} // namespace
} // namespace memtorrent::server
