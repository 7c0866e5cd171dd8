// A check that makes space.

#pragma once

#include "bridge/network_thread.hpp"

#include <libtorrent/download_priority.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <vector>

namespace memtorrent {

/// libtorrent has no picker for a torrent that is complete, so no piece can be taken out of it. A check gives it one;
/// of what is to go, the disk I/O then says that it is not there (evictor::make_space_in_unpicked). `priorities`, one
/// for each piece, say what is wanted after that. Peers, which such a check drops, are connected to again.
///
/// Network thread. Throws `boost::system::system_error` when the torrent is gone.
void recheck_to_make_space(network_thread& network, lt::torrent_handle const& torrent,
                           std::vector<lt::download_priority_t> const& priorities);

/// The same, with nothing wanted.
void recheck_to_make_space(network_thread& network, lt::torrent_handle const& torrent, int num_pieces);

} // namespace memtorrent
