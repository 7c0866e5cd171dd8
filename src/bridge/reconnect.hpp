// Peers that were lost, connected to again at once.

#pragma once

#include <libtorrent/torrent_handle.hpp>

namespace memtorrent {

/// `force_recheck` drops all peers, and libtorrent may wait a minute (`min_reconnect_time`) before it tries one again,
/// also when it is told of it anew. It does not wait when the torrent has just left upload mode
/// (torrent::set_upload_mode). So the torrent is put into that mode and back, or out of it and back. Peers of which it
/// is not known where they listen are left to come by themselves, and who is banned stays so.
///
/// Network thread, after a recheck in a later turn: libtorrent lets go of dropped connections in a turn of their own.
/// Does nothing when the torrent is gone.
void reconnect_dropped_peers(lt::torrent_handle const& torrent);

} // namespace memtorrent
