// What has to be done to libtorrent's peer connections and has no public way. How private members are reached:
// private_member.hpp.
//
// Thread: all of it on the network thread.

#pragma once

#include <libtorrent/fwd.hpp>

#include <cstdint>
#include <vector>

namespace libtorrent {
struct counters;
struct peer_connection;
struct peer_request;
struct torrent;
} // namespace libtorrent

namespace memtorrent::peer_bridge {

/// A peer that may be asked for blocks.
struct sender {
  lt::peer_connection* peer = nullptr;
  /// Payload that it has sent since it was connected to.
  std::int64_t received_bytes = 0;
};

/// The peers that do not choke us.
std::vector<sender> senders(lt::torrent& torrent);

/// Keeps the requests that a peer may have outstanding to `most_blocks`. By itself libtorrent asks for what the peer
/// sends in `request_queue_time`, up to 32 MiB.
void limit_requests(lt::peer_connection& peer, int most_blocks);

/// Takes a request that was cancelled out of what the peer still owes, as peer_connection::incoming_reject_request
/// does.
void forget_cancelled_request(lt::peer_connection& peer, lt::peer_request const& request);

/// Asks a peer for a block without libtorrent's knowledge. When it comes, libtorrent takes it for one that it had asked
/// for and cancelled (peer_connection::start_receive_piece): it counts it, and drops it if the block is there already.
void request_block(lt::peer_connection& peer, lt::peer_request const& request);

/// Ends the connection, and no new one is made or let in (as peer_list::ban_peer, for a peer that is connected).
void ban(lt::peer_connection& peer, lt::counters& counters);

/// Has what is written to a TCP peer sent at once (TCP_NODELAY), which libtorrent does not: a request is a few bytes,
/// and is otherwise held back until the peer has acknowledged the one before, which it may delay by 40 ms.
void send_without_delay(lt::peer_connection& peer);

/// Has libtorrent count anew how many of the peers that it knows it may connect to. While a torrent is finished it does
/// not count seeds, and when it is not any more, it counts again only when it next connects to one: as long as there is
/// none but seeds, never (torrent::want_peers, peer_list::connect_one_peer).
void count_candidates_again(lt::torrent& torrent);

} // namespace memtorrent::peer_bridge
