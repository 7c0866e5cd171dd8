#include "bridge/recheck.hpp"

#include "bridge/reconnect.hpp"

#include <cstddef>

namespace memtorrent {

void recheck_to_make_space(network_thread& network, lt::torrent_handle const& torrent,
                           std::vector<lt::download_priority_t> const& priorities) {
  torrent.force_recheck();
  torrent.prioritize_pieces(priorities);
  network.post([torrent] { reconnect_dropped_peers(torrent); });
}

void recheck_to_make_space(network_thread& network, lt::torrent_handle const& torrent, int num_pieces) {
  std::vector<lt::download_priority_t> const nothing(static_cast<std::size_t>(num_pieces), lt::dont_download);
  recheck_to_make_space(network, torrent, nothing);
}

} // namespace memtorrent
