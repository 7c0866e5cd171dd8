#include "session/peer_lookup.hpp"

#include "session/printable.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <utility>

namespace memtorrent::session {

using boost::asio::ip::tcp;

peer_lookup::peer_lookup(boost::asio::io_context& io, std::vector<peer_address> peers, handler found)
    : m_resolver(io),
      m_peers(std::move(peers)),
      m_found(std::move(found)),
      m_self(std::make_shared<peer_lookup*>(this)) {
  look_up_next();
}

void peer_lookup::look_up_next() {
  std::weak_ptr const weak(m_self);
  if (m_peers.empty()) {
    boost::asio::post(m_resolver.get_executor(), [weak] {
      auto const self = weak.lock();
      if (!self) return;
      // On the stack, because the handler may destroy the lookup.
      auto const found = std::exchange((*self)->m_found, nullptr);
      found(std::move((*self)->m_endpoints));
    });
    return;
  }
  auto peer = std::move(m_peers.back());
  m_peers.pop_back();
  m_resolver.async_resolve(
      peer.host, std::to_string(peer.port),
      [weak, peer](boost::system::error_code ec, tcp::resolver::results_type const& results) {
        auto const self = weak.lock();
        if (!self) return;
        if (ec) throw std::runtime_error("--peer: cannot find '" + printable(peer.host) + "': " + ec.message());
        for (auto const& result : results) (*self)->m_endpoints.push_back(result.endpoint());
        (*self)->look_up_next();
      });
}

} // namespace memtorrent::session
