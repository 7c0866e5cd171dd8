#include "disk/reconnect.hpp"

#include <libtorrent/torrent_flags.hpp>

namespace memtorrent {

void reconnect_dropped_peers(lt::torrent_handle const& torrent) {
  if (!torrent.is_valid()) return;
  auto const mode = torrent.flags() & lt::torrent_flags::upload_mode;
  torrent.set_flags(~mode & lt::torrent_flags::upload_mode, lt::torrent_flags::upload_mode);
  torrent.set_flags(mode, lt::torrent_flags::upload_mode);
}

} // namespace memtorrent
