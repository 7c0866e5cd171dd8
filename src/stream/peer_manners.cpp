#include "stream/peer_manners.hpp"

#include "disk/peer_bridge.hpp"

#include <libtorrent/entry.hpp>
#include <libtorrent/peer_connection_handle.hpp>
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

class streaming_peer final : public lt::peer_plugin {
 public:
  explicit streaming_peer(lt::peer_connection_handle peer) : m_peer(std::move(peer)) {}

  void add_handshake(lt::entry& handshake) override { handshake.dict().erase("upload_only"); }

  bool on_handshake(lt::span<char const> /*reserved_bits*/) override {
    if (auto const peer = m_peer.native_handle()) peer_bridge::send_without_delay(*peer);
    return true;
  }

  void sent_cancel(lt::peer_request const& request) override {
    auto const peer = m_peer.native_handle();
    if (peer && is_transmission(m_peer.pid())) peer_bridge::forget_cancelled_request(*peer, request);
  }

 private:
  lt::peer_connection_handle m_peer;
};

class streaming_torrent final : public lt::torrent_plugin {
 public:
  std::shared_ptr<lt::peer_plugin> new_connection(lt::peer_connection_handle const& peer) override {
    return std::make_shared<streaming_peer>(peer);
  }
};

} // namespace

std::shared_ptr<lt::torrent_plugin> peer_manners(lt::torrent_handle const& /*torrent*/,
                                                 lt::client_data_t /*userdata*/) {
  return std::make_shared<streaming_torrent>();
}

} // namespace memtorrent
