#include "bridge/reconnect.hpp"

#include "bridge/peer_bridge.hpp"

#include <libtorrent/torrent_flags.hpp>

namespace memtorrent {

void reconnect_dropped_peers(lt::torrent_handle const& torrent) {
  if (!torrent.is_valid()) return;
  auto const mode = torrent.flags() & lt::torrent_flags::upload_mode;
  torrent.set_flags(~mode & lt::torrent_flags::upload_mode, lt::torrent_flags::upload_mode);
  torrent.set_flags(mode, lt::torrent_flags::upload_mode);
  if (auto const native = torrent.native_handle()) peer_bridge::count_candidates_again(*native);
  // Setting it, even to what it is, has libtorrent see whether it wants peers.
  torrent.set_max_connections(torrent.max_connections());
}

} // namespace memtorrent
