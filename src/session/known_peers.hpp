// The peers given by --peer: connects to them, and again when they were lost.
//
// libtorrent tries a lost peer again by itself, but gives up on one after three failures, for good. Somebody who names
// a peer wants that one, also when it restarts.

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace memtorrent::session {

/// One thread: the one that runs the io_context.
class known_peers {
 public:
  using endpoint = boost::asio::ip::tcp::endpoint;
  using clock = std::chrono::steady_clock;

  struct retry_policy {
    /// Before the first new try; doubled for each further one.
    std::chrono::milliseconds first_delay{1'000};
    std::chrono::milliseconds longest_delay{30'000};
    /// Failures in a row after which a peer is given up.
    int max_failures = 20;
    /// A connection that lasts this long ends a row of failures. Being accepted alone does not: a peer that has no use
    /// for us ends the connection at once.
    std::chrono::milliseconds lasting{30'000};
  };

  /// `connect` asks for a connection; what comes of it is told by the functions below. `give_up` is told of a peer
  /// that is not tried any more.
  known_peers(boost::asio::io_context& io, retry_policy const& policy, std::function<void(endpoint const&)> connect,
              std::function<void(endpoint const&)> give_up);

  void add(std::vector<endpoint> const& peers);

  /// Other peers than those added are left to libtorrent.
  void on_connected(endpoint const& peer, clock::time_point now);
  void on_disconnected(endpoint const& peer, clock::time_point now);

  /// Tries no further; leaves the io_context without work.
  void stop() { m_peers.clear(); }

 private:
  struct peer_state {
    std::unique_ptr<boost::asio::steady_timer> retry;
    int failures = 0;
    clock::time_point connected_since = clock::time_point::max();
  };

  boost::asio::io_context& m_io;
  retry_policy const m_policy;
  std::function<void(endpoint const&)> const m_connect;
  std::function<void(endpoint const&)> const m_give_up;
  std::map<endpoint, peer_state> m_peers;
};

} // namespace memtorrent::session
