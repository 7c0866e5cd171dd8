// What has to be done to libtorrent's peer connections and has no public way. How private members are reached:
// private_member.hpp.
//
// Thread: all of it on the network thread.

#pragma once

#include <libtorrent/fwd.hpp>

namespace libtorrent {
struct peer_connection;
struct peer_request;
struct torrent;
} // namespace libtorrent

namespace memtorrent::peer_bridge {

/// Keeps the requests that the torrent's peers may have outstanding to `most_blocks` together. libtorrent asks for
/// what a peer sends in `request_queue_time`, up to 32 MiB; and a peer of which it cannot ask that much, because the
/// window has no more to ask for, is held to be in its end game: it is asked for nothing until its queue is empty
/// (request_a_block). So what may be asked for has to be less than the window.
void limit_requests(lt::torrent& torrent, int most_blocks);

/// Takes a request that was cancelled out of what the peer still owes, as peer_connection::incoming_reject_request
/// does.
void forget_cancelled_request(lt::peer_connection& peer, lt::peer_request const& request);

/// Has what is written to a TCP peer sent at once (TCP_NODELAY), which libtorrent does not: a request is a few bytes,
/// and is otherwise held back until the peer has acknowledged the one before, which it may delay by 40 ms.
void send_without_delay(lt::peer_connection& peer);

/// Has libtorrent count anew how many of the peers that it knows it may connect to. While a torrent is finished it does
/// not count seeds, and when it is not any more, it counts again only when it next connects to one: as long as there is
/// none but seeds, never (torrent::want_peers, peer_list::connect_one_peer).
void count_candidates_again(lt::torrent& torrent);

} // namespace memtorrent::peer_bridge
