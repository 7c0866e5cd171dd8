#include "server/reachable_address.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace memtorrent::server {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

namespace {

std::optional<address> address_of(sockaddr const& from) {
  if (from.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof(v4));
    return address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (from.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof(v6));
    address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    address_v6 const found(bytes);
    // Means something on its own link only, and needs the interface's name beside it.
    if (!found.is_link_local()) return found;
  }
  return std::nullopt;
}

} // namespace

address reachable_address(address const& listening) {
  if (!listening.is_unspecified()) return listening;
  address loopback = listening.is_v6() ? address(address_v6::loopback()) : address(address_v4::loopback());

  ifaddrs* interfaces = nullptr;
  // Without a list of interfaces the loopback address is what is left.
  if (getifaddrs(&interfaces) != 0) return loopback;
  std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> const owner(interfaces, &freeifaddrs);
  std::optional<address> best;
  for (auto const* i = interfaces; i; i = i->ifa_next) {
    if (!i->ifa_addr || (i->ifa_flags & IFF_UP) == 0 || (i->ifa_flags & IFF_LOOPBACK) != 0) continue;
    auto const found = address_of(*i->ifa_addr);
    // A socket on :: takes IPv4 too, one on 0.0.0.0 no IPv6.
    if (!found || (listening.is_v4() && found->is_v6())) continue;
    if (!best || (best->is_v6() && found->is_v4())) best = found;
  }
  return best.value_or(loopback);
}

} // namespace memtorrent::server
