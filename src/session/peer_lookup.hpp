// Finds the addresses of the peers that were given by name.

#pragma once

#include "session/endpoint_text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace memtorrent::session {

/// One thread: the one that runs the io_context. Destroying it ends the lookup without calling the handler, though a
/// name that is being looked up keeps the io_context busy until that is done.
class peer_lookup {
 public:
  using handler = std::function<void(std::vector<boost::asio::ip::tcp::endpoint>)>;

  /// `found` is called once, from `io`, with all addresses of all peers; it may destroy the lookup. A peer that has
  /// none makes the run of `io` throw `std::runtime_error`.
  peer_lookup(boost::asio::io_context& io, std::vector<peer_address> peers, handler found);
  peer_lookup(peer_lookup const&) = delete;
  peer_lookup& operator=(peer_lookup const&) = delete;

 private:
  void look_up_next();

  boost::asio::ip::tcp::resolver m_resolver;
  std::vector<peer_address> m_peers; // left to look up
  std::vector<boost::asio::ip::tcp::endpoint> m_endpoints;
  handler m_found;
  // Gone with this, which tells a step that is due already not to run.
  std::shared_ptr<peer_lookup*> m_self;
};

} // namespace memtorrent::session
