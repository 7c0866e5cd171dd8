// The address to print for a server that listens on all of them.

#pragma once

#include <boost/asio/ip/address.hpp>

namespace memtorrent::server {

/// `listening` itself, unless it stands for every address (0.0.0.0, ::): then the first of this machine's that another
/// one may reach, IPv4 before IPv6, else the loopback address. Any thread.
boost::asio::ip::address reachable_address(boost::asio::ip::address const& listening);

} // namespace memtorrent::server
