#include "session/endpoint_text.hpp"

#include "session/printable.hpp"
#include "session/value_error.hpp"

#include <charconv>
#include <optional>
#include <sstream>

namespace memtorrent::session {

using boost::asio::ip::tcp;

namespace {

struct host_and_port {
  std::string host;
  std::uint16_t port = 0;
  bool is_bracketed = false;
};

std::optional<host_and_port> split(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  host_and_port parts;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    parts.is_bracketed = true;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    // An IPv6 address without brackets: nobody can tell where it ends and the port begins.
    return std::nullopt;
  }
  auto const port = text.substr(colon + 1);
  auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), parts.port);
  if (host.empty() || error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  parts.host = host;
  return parts;
}

} // namespace

tcp::endpoint parse_endpoint(std::string_view text) {
  auto const parts = split(text);
  boost::system::error_code no_address;
  auto const address = boost::asio::ip::make_address(parts ? parts->host : "", no_address);
  if (!parts || no_address || parts->is_bracketed != address.is_v6()) {
    throw value_error("'" + printable(text) + "' is not ADDRESS:PORT, such as 127.0.0.1:8090 or [::1]:8090");
  }
  return {address, parts->port};
}

peer_address parse_peer_address(std::string_view text) {
  auto const parts = split(text);
  boost::system::error_code no_address;
  if (parts && parts->is_bracketed) boost::asio::ip::make_address_v6(parts->host, no_address);
  if (!parts || parts->port == 0 || no_address) {
    throw value_error("'" + printable(text) + "' is not HOST:PORT, such as 192.0.2.7:6881, [2001:db8::7]:6881 or " +
                      "seed.example.org:6881");
  }
  return {parts->host, parts->port};
}

std::string endpoint_text(tcp::endpoint const& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

} // namespace memtorrent::session
