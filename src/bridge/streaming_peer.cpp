#include "bridge/streaming_peer.hpp"

#include "bridge/peer_bridge.hpp"

#include <libtorrent/entry.hpp>
#include <libtorrent/peer_id.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// Client identification in the peer id (BEP 20): "-TR3000-...".
bool is_transmission(lt::peer_id const& id) {
  constexpr char prefix[] = {'-', 'T', 'R'};
  return std::equal(std::begin(prefix), std::end(prefix), id.data());
}

class streaming_torrent final : public lt::torrent_plugin {
 public:
  std::shared_ptr<lt::peer_plugin> new_connection(lt::peer_connection_handle const& peer) override {
    return std::make_shared<streaming_peer>(peer);
  }
};

} // namespace

void streaming_peer::add_handshake(lt::entry& handshake) { handshake.dict().erase("upload_only"); }

bool streaming_peer::on_handshake(lt::span<char const> /*reserved_bits*/) {
  if (auto const peer = m_peer.native_handle()) peer_bridge::send_without_delay(*peer);
  return true;
}

// Right before libtorrent asks for more. It has its own idea of how many requests there should be, ten times a second.
bool streaming_peer::on_piece(lt::peer_request const& /*block*/, lt::span<char const> /*bytes*/) {
  auto const peer = m_peer.native_handle();
  if (peer && m_most_requests >= 0) peer_bridge::limit_requests(*peer, m_fewest_requests, m_most_requests);
  return false;
}

void streaming_peer::sent_cancel(lt::peer_request const& request) {
  auto const peer = m_peer.native_handle();
  if (peer && is_transmission(m_peer.pid())) peer_bridge::forget_cancelled_request(*peer, request);
}

// What is known of a peer outlives its connection.
void streaming_peer::on_disconnect(lt::error_code const& /*ec*/) {
  if (auto const peer = m_peer.native_handle()) m_parole.set(*peer, false);
}

void streaming_peer::limit_requests(lt::peer_connection& peer, int fewest, int most) {
  peer_bridge::limit_requests(peer, fewest, most);
  for (auto const& plugin : peer_bridge::plugins_of(peer)) {
    auto* const streaming = dynamic_cast<streaming_peer*>(plugin.get());
    if (!streaming) continue;
    streaming->m_fewest_requests = fewest;
    streaming->m_most_requests = most;
    streaming->m_parole.set(peer, most == 0);
  }
}

std::shared_ptr<lt::torrent_plugin> streaming_peers(lt::torrent_handle const& /*torrent*/,
                                                    lt::client_data_t /*userdata*/) {
  return std::make_shared<streaming_torrent>();
}

} // namespace memtorrent
