#include "bridge/second_opinions.hpp"

#include "bridge/peer_bridge.hpp"

#include <libtorrent/peer_connection.hpp>
#include <libtorrent/peer_connection_handle.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// All of its hooks let libtorrent go on.
class watched_peer final : public lt::peer_plugin {
 public:
  watched_peer(lt::peer_connection_handle peer, std::shared_ptr<second_opinions> requests)
      : m_peer(std::move(peer)), m_requests(std::move(requests)) {}

  bool on_piece(lt::peer_request const& block, lt::span<char const> bytes) override {
    if (auto const peer = m_peer.native_handle()) m_requests->block_came(*peer, block, bytes);
    return false;
  }
  bool on_reject(lt::peer_request const& block) override {
    if (auto const peer = m_peer.native_handle()) m_requests->block_was_rejected(*peer, block);
    return false;
  }
  bool on_choke() override {
    if (auto const peer = m_peer.native_handle()) m_requests->peer_stopped(*peer);
    return false;
  }
  void on_disconnect(lt::error_code const& /*reason*/) override {
    if (auto const peer = m_peer.native_handle()) m_requests->peer_stopped(*peer);
  }

 private:
  lt::peer_connection_handle m_peer;
  std::shared_ptr<second_opinions> m_requests;
};

} // namespace

std::shared_ptr<second_opinions> second_opinions::attach(lt::peer_connection& peer) {
  auto requests = std::make_shared<second_opinions>();
  // On the network thread libtorrent adds it before this returns, and to the peers that are there already.
  lt::peer_connection_handle(peer.self())
      .associated_torrent()
      .add_extension([requests](lt::torrent_handle const&, lt::client_data_t) { return requests; }, {});
  return requests;
}

std::shared_ptr<lt::peer_plugin> second_opinions::new_connection(lt::peer_connection_handle const& peer) {
  return std::make_shared<watched_peer>(peer, shared_from_this());
}

void second_opinions::ask(lt::peer_connection& peer, lt::peer_request const& block,
                          std::weak_ptr<block_receiver> receiver) {
  m_pending.push_back({&peer, block, std::move(receiver)});
  peer_bridge::request_block(peer, block);
}

void second_opinions::forget(lt::peer_connection const& peer, lt::peer_request const& block) { take(peer, block); }

std::shared_ptr<block_receiver> second_opinions::take(lt::peer_connection const& peer, lt::peer_request const& block) {
  auto const found = std::find_if(m_pending.begin(), m_pending.end(),
                                  [&](pending const& p) { return p.peer == &peer && p.block == block; });
  if (found == m_pending.end()) return nullptr;
  auto receiver = found->receiver.lock();
  m_pending.erase(found);
  return receiver;
}

void second_opinions::block_came(lt::peer_connection& from, lt::peer_request const& block, lt::span<char const> bytes) {
  if (auto const receiver = take(from, block)) receiver->on_block(from, block, bytes);
}

void second_opinions::block_was_rejected(lt::peer_connection& from, lt::peer_request const& block) {
  if (auto const receiver = take(from, block)) receiver->on_no_block(from, block);
}

void second_opinions::peer_stopped(lt::peer_connection& peer) {
  std::vector<lt::peer_request> blocks;
  for (auto const& p : m_pending)
    if (p.peer == &peer) blocks.push_back(p.block);
  for (auto const& block : blocks) block_was_rejected(peer, block);
}

} // namespace memtorrent
