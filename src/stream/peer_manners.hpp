// What is said to peers otherwise than libtorrent would, because a torrent that streams is neither a download nor a
// seed. Three cases, each seen with a real client:
//
//   - While nobody plays, and whenever a window is full, no piece is wanted. libtorrent calls that "finished", and says
//     `upload_only` (BEP 21) in the handshake of each connection made meanwhile. A seed that hears this ends the
//     connection, because neither side would download; when the player comes, the seed is gone.
//     (`close_redundant_connections` off keeps libtorrent from saying it later, but not in the handshake.)
//   - A seek cancels requests. With the fast extension (BEP 6) libtorrent goes on counting a cancelled request as
//     outstanding until the block or a reject comes. Transmission sends neither: its queue stays full, and nothing is
//     asked of it ever again. For Transmission a cancelled request counts as rejected, as libtorrent itself does for
//     peers without the extension.
//   - A window has a peer send in bursts: whenever it moves, a few requests are written. libtorrent leaves it to the
//     system to put small writes together (Nagle's algorithm), and the system waits for the peer's acknowledgement of
//     the one before, up to 40 ms. On loopback that cost half of the throughput (bench/session_bench, windowed).

#pragma once

#include <libtorrent/client_data.hpp>
#include <libtorrent/extensions.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <memory>

namespace memtorrent {

/// For `lt::add_torrent_params::extensions`. Any thread; what it makes runs on the network thread.
std::shared_ptr<lt::torrent_plugin> peer_manners(lt::torrent_handle const& torrent, lt::client_data_t userdata);

} // namespace memtorrent
