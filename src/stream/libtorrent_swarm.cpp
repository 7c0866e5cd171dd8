#include "stream/libtorrent_swarm.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"
#include "bridge/streaming_peer.hpp"

#include <libtorrent/torrent_flags.hpp>

#include <algorithm>

namespace memtorrent {

std::vector<sender> libtorrent_swarm::senders() const {
  auto const torrent = m_torrent.native_handle();
  return torrent ? peer_bridge::senders(*torrent) : std::vector<sender>();
}

void libtorrent_swarm::limit_requests(peer_handle const& peer, int fewest, int most) {
  if (auto const connection = peer.connection()) streaming_peer::limit_requests(*connection, fewest, most);
}

std::vector<owed_block> libtorrent_swarm::owed_blocks(lt::piece_index_t piece) const {
  auto const torrent = m_torrent.native_handle();
  return torrent ? peer_bridge::owed_blocks(*torrent, piece) : std::vector<owed_block>();
}

void libtorrent_swarm::request_as_well(peer_handle const& peer, lt::piece_index_t piece, int block) {
  auto const torrent = m_torrent.native_handle();
  auto const connection = peer.connection();
  if (!torrent || !connection) return;
  lt::piece_block const requested(piece, block);
  peer_bridge::request_as_well(*torrent, *connection, requested);
  if (std::count(m_requested_twice.begin(), m_requested_twice.end(), requested) == 0)
    m_requested_twice.push_back(requested);
}

bool libtorrent_swarm::may_be_asked(peer_handle const& peer, lt::piece_index_t piece) const {
  auto const torrent = m_torrent.native_handle();
  auto const connection = peer.connection();
  return torrent && connection && peer_bridge::may_be_asked(*torrent, *connection, piece);
}

void libtorrent_swarm::cancel_what_has_come() {
  auto const torrent = m_torrent.native_handle();
  if (!torrent) return;
  auto const come = std::stable_partition(m_requested_twice.begin(), m_requested_twice.end(),
                                          [&](auto const& b) { return picker_bridge::is_requested(*torrent, b); });
  for (auto block = come; block != m_requested_twice.end(); ++block) peer_bridge::cancel(*torrent, *block);
  m_requested_twice.erase(come, m_requested_twice.end());
}

void libtorrent_swarm::prioritize(
    std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& priorities) {
  m_torrent.prioritize_pieces(priorities);
}

void libtorrent_swarm::set_deadline(lt::piece_index_t piece, int milliseconds_from_now) {
  m_torrent.set_piece_deadline(piece, milliseconds_from_now);
}

void libtorrent_swarm::reset_deadline(lt::piece_index_t piece) { m_torrent.reset_piece_deadline(piece); }

void libtorrent_swarm::set_sequential(bool in_order) {
  if (in_order)
    m_torrent.set_flags(lt::torrent_flags::sequential_download);
  else
    m_torrent.unset_flags(lt::torrent_flags::sequential_download);
}

void libtorrent_swarm::set_patience(std::chrono::milliseconds patience) {
  if (auto const torrent = m_torrent.native_handle()) peer_bridge::set_patience(*torrent, patience);
}

} // namespace memtorrent
