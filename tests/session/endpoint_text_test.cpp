#include "session/endpoint_text.hpp"

#include "session/value_error.hpp"

#include <gtest/gtest.h>

namespace memtorrent::session {
namespace {

TEST(Endpoint, ReadsBothKindsOfAddress) {
  auto const v4 = parse_endpoint("127.0.0.1:8090");
  EXPECT_EQ(v4.address().to_string(), "127.0.0.1");
  EXPECT_EQ(v4.port(), 8090);
  auto const v6 = parse_endpoint("[::1]:8090");
  EXPECT_EQ(v6.address().to_string(), "::1");
  EXPECT_EQ(v6.port(), 8090);
}

TEST(Endpoint, TakesPortZeroForAnyFreeOne) { EXPECT_EQ(parse_endpoint("0.0.0.0:0").port(), 0); }

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (auto const* text : {"127.0.0.1:8090", "[::1]:8090", "[::]:0"}) {
    EXPECT_EQ(endpoint_text(parse_endpoint(text)), text);
  }
}

TEST(Endpoint, RefusesWhatIsNoAddressWithPort) {
  for (auto const* text :
       {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x", "localhost:80",
        "::1:80", "[::1]", "[127.0.0.1]:80", "[]:80", "1.2.3:80", "127.0.0.1: 80"}) {
    EXPECT_THROW(parse_endpoint(text), value_error) << text;
  }
}

TEST(PeerAddress, ReadsNamesAndAddresses) {
  EXPECT_EQ(parse_peer_address("seed.example.org:6881"), (peer_address{"seed.example.org", 6881}));
  EXPECT_EQ(parse_peer_address("192.0.2.7:1"), (peer_address{"192.0.2.7", 1}));
  EXPECT_EQ(parse_peer_address("[2001:db8::7]:6881"), (peer_address{"2001:db8::7", 6881}));
}

TEST(PeerAddress, RefusesWhatNobodyCanConnectTo) {
  for (auto const* text : {"", "host", "host:", ":6881", "host:0", "host:65536", "2001:db8::7:6881", "[host]:6881"}) {
    EXPECT_THROW(parse_peer_address(text), value_error) << text;
  }
}

} // namespace
} // namespace memtorrent::session
