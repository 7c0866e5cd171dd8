#include "stream/libtorrent_swarm.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"
#include "bridge/streaming_peer.hpp"

#include <libtorrent/torrent_flags.hpp>

#include <algorithm>

namespace memtorrent {

std::vector<swarm_controls::sender> libtorrent_swarm::senders() const {
  std::vector<sender> found;
  auto const torrent = m_torrent.native_handle();
  if (!torrent) return found;
  for (auto const& peer : peer_bridge::senders(*torrent))
    found.push_back({peer.peer, peer.received_bytes, peer.requested_blocks});
  return found;
}

void libtorrent_swarm::limit_requests(void* peer, int fewest, int most) {
  streaming_peer::limit_requests(*static_cast<lt::peer_connection*>(peer), fewest, most);
}

std::vector<swarm_controls::owed_block> libtorrent_swarm::owed_blocks(lt::piece_index_t piece) const {
  std::vector<owed_block> found;
  auto const torrent = m_torrent.native_handle();
  if (!torrent) return found;
  for (auto const& owed : peer_bridge::owed_blocks(*torrent, piece))
    found.push_back({owed.block, owed.peer, owed.before_it, owed.is_given_up});
  return found;
}

void libtorrent_swarm::request_as_well(void* peer, lt::piece_index_t piece, int block) {
  auto const torrent = m_torrent.native_handle();
  if (!torrent) return;
  lt::piece_block const requested(piece, block);
  peer_bridge::request_as_well(*torrent, *static_cast<lt::peer_connection*>(peer), requested);
  if (std::count(m_requested_twice.begin(), m_requested_twice.end(), requested) == 0)
    m_requested_twice.push_back(requested);
}

bool libtorrent_swarm::may_be_asked(void* peer, lt::piece_index_t piece) const {
  auto const torrent = m_torrent.native_handle();
  return torrent && peer_bridge::may_be_asked(*torrent, *static_cast<lt::peer_connection*>(peer), piece);
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
