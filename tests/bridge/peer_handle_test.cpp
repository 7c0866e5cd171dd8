#include "bridge/peer_handle.hpp"

#include "support/connection_at.hpp"

#include <gtest/gtest.h>

namespace memtorrent::test {

namespace {

TEST(PeerHandle, IsEqualToItsCopiesAlone) {
  char one = 0, two = 0;
  auto const a = connection_at(one), b = connection_at(two);
  auto const copy = a;
  EXPECT_EQ(copy, a);
  EXPECT_NE(a, b);
  EXPECT_NE(a < b, b < a);
  EXPECT_NE(a, peer_handle());
  EXPECT_EQ(peer_handle(), peer_handle());
}

TEST(PeerHandle, OfAConnectionAtTheAddressOfOneThatIsGoneIsAnother) {
  char address = 0;
  auto const first = connection_at(address), second = connection_at(address);
  EXPECT_NE(first, second);
}

TEST(PeerHandle, WithoutAConnectionIsAPeerOfItsOwn) {
  auto const a = peer_handle::without_connection(), b = peer_handle::without_connection();
  EXPECT_NE(a, b);
  EXPECT_NE(a, peer_handle());
  EXPECT_EQ(a.connection(), nullptr);
  EXPECT_EQ(peer_handle().connection(), nullptr);
}

} // namespace

} // namespace memtorrent::test
