#include "session/peer_lookup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace memtorrent::session {
namespace {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

TEST(PeerLookup, FindsNamesAndTakesAddresses) {
  boost::asio::io_context io;
  boost::system::error_code unknown;
  boost::asio::ip::tcp::resolver(io).resolve("localhost", "2", unknown);
  if (unknown) GTEST_SKIP() << "this machine has no /etc/hosts, and knows no name: " << unknown.message();
  endpoints found;
  peer_lookup const lookup(io, {{"192.0.2.7", 1}, {"localhost", 2}, {"2001:db8::7", 3}},
                           [&](endpoints const& all) { found = all; });
  io.run();
  auto const has = [&](char const* address, std::uint16_t port) {
    return std::count(found.begin(), found.end(), endpoints::value_type{boost::asio::ip::make_address(address), port});
  };
  EXPECT_EQ(has("192.0.2.7", 1), 1);
  EXPECT_EQ(has("2001:db8::7", 3), 1);
  EXPECT_GE(has("127.0.0.1", 2) + has("::1", 2), 1);
}

TEST(PeerLookup, OfNobodyIsDoneAtOnce) {
  boost::asio::io_context io;
  bool done = false;
  peer_lookup const lookup(io, {}, [&](endpoints const& all) { done = all.empty(); });
  EXPECT_FALSE(done);
  io.run();
  EXPECT_TRUE(done);
}

TEST(PeerLookup, NamesAPeerThatCannotBeFound) {
  boost::asio::io_context io;
  peer_lookup const lookup(io, {{"no such host", 1}}, [](endpoints const&) { FAIL(); });
  try {
    io.run();
    FAIL() << "nothing was thrown";
  } catch (std::runtime_error const& error) {
    EXPECT_NE(std::string(error.what()).find("'no such host'"), std::string::npos) << error.what();
  }
}

TEST(PeerLookup, IsSilentOnceDestroyed) {
  boost::asio::io_context io;
  std::optional<peer_lookup> lookup;
  lookup.emplace(io, std::vector<peer_address>{{"192.0.2.7", 1}}, [](endpoints const&) { FAIL(); });
  lookup.reset();
  io.run();
}

} // namespace
} // namespace memtorrent::session
