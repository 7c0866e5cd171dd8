// The command line, read and checked.

#pragma once

#include "session/endpoint_text.hpp"
#include "session/preload_amount.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace memtorrent::cli {

inline constexpr std::int64_t default_budget_bytes = std::int64_t{64} * 1024 * 1024;
/// Players on this machine only: whoever can connect can watch.
inline constexpr char const* default_http_endpoint = "127.0.0.1:8090";
inline constexpr char const* default_listen_endpoint = "0.0.0.0:6881";

/// `memtorrent SOURCE`
struct stream_options {
  /// Each a magnet link, the path of a .torrent file, or its http(s) URL.
  std::vector<std::string> sources;
  std::int64_t budget_bytes = default_budget_bytes;
  boost::asio::ip::tcp::endpoint http = session::parse_endpoint(default_http_endpoint);
  boost::asio::ip::tcp::endpoint listen = session::parse_endpoint(default_listen_endpoint);
  /// Peers to connect to, besides those that trackers and the DHT name.
  std::vector<session::peer_address> peers = {};
  /// An index or a pattern; see `choose_file`.
  std::optional<std::string> file = std::nullopt;
  /// What is fetched of each film before its URL is printed.
  std::optional<session::preload_amount> preload = std::nullopt;
  /// False: nothing but trackers and `peers` is asked for peers, and no router for a port.
  bool finds_peers = true;
};

/// `memtorrent demo`
struct demo_options {
  std::int64_t budget_bytes = default_budget_bytes;
  boost::asio::ip::tcp::endpoint http = session::parse_endpoint(default_http_endpoint);
  /// Length of the film; a second of it has about 2.2 MiB.
  int film_seconds = 60;
};

/// `--help` and `--version`: text to print, and nothing else to do.
struct information {
  std::string text;
};

using command_line = std::variant<stream_options, demo_options, information>;

/// `arguments` are those after the program's name. Throws `usage_error`.
command_line parse_command_line(std::vector<std::string> arguments);

} // namespace memtorrent::cli
