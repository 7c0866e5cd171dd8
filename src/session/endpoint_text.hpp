// Addresses with ports, as they are given on the command line. Pure functions; any thread.

#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace memtorrent::session {

/// A peer by name or address; not looked up yet.
struct peer_address {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(peer_address const&, peer_address const&) = default;
};

/// Reads where to listen: `127.0.0.1:8090` or `[::1]:8090`. Port 0 stands for any free one. Throws `value_error`.
boost::asio::ip::tcp::endpoint parse_endpoint(std::string_view text);

/// Reads `HOST:PORT`; an IPv6 address stands in brackets. Throws `value_error`, also for port 0.
peer_address parse_peer_address(std::string_view text);

/// What `parse_endpoint` reads back.
std::string endpoint_text(boost::asio::ip::tcp::endpoint const& endpoint);

} // namespace memtorrent::session
