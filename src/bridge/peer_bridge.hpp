// What has to be done to libtorrent's peer connections and has no public way. How private members are reached:
// private_member.hpp.
//
// Thread: all of it on the network thread.

#pragma once

#include "bridge/sender.hpp"

#include <libtorrent/fwd.hpp>
#include <libtorrent/socket.hpp>
#include <libtorrent/units.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

namespace libtorrent {
struct counters;
struct peer_connection;
struct peer_plugin;
struct peer_request;
struct torrent;
struct torrent_peer;
} // namespace libtorrent

namespace memtorrent::peer_bridge {

// ---- what is known of a peer ----

/// What libtorrent remembers of a peer beyond its connection; null for one that it has not listed.
lt::torrent_peer* known_as(lt::peer_connection& peer);
/// The connection to a peer that libtorrent remembers; null if there is none now.
std::shared_ptr<lt::peer_connection> connection_of(lt::torrent_peer const& known);
bool is_banned(lt::torrent_peer const& known);

/// Keeps the connection's object, not the connection.
std::shared_ptr<lt::peer_connection> shared(lt::peer_connection& peer);
/// True if it speaks BitTorrent (a web seed does not) and is not being disconnected.
bool is_live_client(lt::peer_connection const& peer);
bool has_piece(lt::peer_connection& peer, lt::piece_index_t piece);
/// Payload that comes from it, in bytes a second, over the last seconds.
int download_rate(lt::peer_connection& peer);

// ---- what is asked of peers ----

/// What peers have to do with a piece that is wanted.
struct piece_supply {
  int peers = 0; // all that are connected
  int have_it = 0;
  int let_us_ask = 0; // of those
  /// The one of which most of its blocks were requested.
  lt::tcp::endpoint owes_most;
  int blocks_owed = 0;
};
piece_supply supply_of(lt::torrent& torrent, lt::piece_index_t piece);

/// What is owed of one piece. A block that was requested of two peers is there twice. Requests that are still to be
/// sent count too.
std::vector<owed_block> owed_blocks(lt::torrent& torrent, lt::piece_index_t piece);

/// True if a peer has the piece, lets us ask, and nothing speaks against it: it is not on parole, nor a web seed, and
/// the torrent downloads.
bool may_be_asked(lt::torrent& torrent, lt::peer_connection& peer, lt::piece_index_t piece);

/// Requests of a peer what was requested of another one and has not come, as libtorrent does for a piece that is late
/// (torrent::request_time_critical_pieces). REQUIRES: `owed_blocks` names the block, and not with this peer, which
/// `may_be_asked`.
void request_as_well(lt::torrent& torrent, lt::peer_connection& peer, lt::piece_block const& block);

/// Cancels a block, or a piece, where it is owed. It counts as cancelled at once; the peers hear of it soon.
/// libtorrent means to do so for a block that has come from another peer (torrent::cancel_block), and does not: it
/// looks for blocks that are requested after it has noted that this one is being written
/// (peer_connection::incoming_piece, 2.0.8). REQUIRES: the picker counts no request of them, or forgets the piece in
/// the same turn.
void cancel(lt::torrent& torrent, lt::piece_block const& block);
void cancel(lt::torrent& torrent, lt::piece_index_t piece);

/// Payload that comes, in bytes a second, over the last seconds.
std::int64_t download_rate(lt::torrent& torrent);

/// The peers that do not choke us. Each has a connection.
std::vector<sender> senders(lt::torrent& torrent);

/// Has between `fewest` and `most` blocks requested of a peer at a time; a `most` of 0: none but time-critical ones,
/// which `parole` keeps from it. By itself libtorrent asks for what the peer sends in `request_queue_time`, up to 32
/// MiB, by a rate that is an average of seconds: of a peer that has just sent metadata, two blocks. It comes back to
/// that once a second.
void limit_requests(lt::peer_connection& peer, int fewest, int most);

/// Keeps time-critical blocks from a peer: libtorrent asks a peer on parole for none
/// (peer_connection::can_request_time_critical). By itself it takes the peer that has the least outstanding for the
/// fastest, and a slow one of which nothing else is requested for the best. Parole that libtorrent gave is left alone.
class parole {
 public:
  void set(lt::peer_connection& peer, bool is_on);

 private:
  bool m_is_on = false;
  int m_failed_pieces = 0; // in which the peer had a part, by then
};

/// What was plugged into a connection (`lt::torrent_plugin::new_connection`).
std::list<std::shared_ptr<lt::peer_plugin>> const& plugins_of(lt::peer_connection& peer);

/// How long after the last block of a time-critical piece was requested libtorrent takes it to be late, and requests
/// what has not come of other peers too: once more each time that this passes. By itself libtorrent takes the average
/// time that such pieces took to download (torrent::request_time_critical_pieces).
void set_patience(lt::torrent& torrent, std::chrono::milliseconds patience);

/// Takes a request that was cancelled out of what the peer still owes, as peer_connection::incoming_reject_request
/// does.
void forget_cancelled_request(lt::peer_connection& peer, lt::peer_request const& request);

/// Sends a peer a request, and notes nothing. When the block comes, libtorrent takes it for one that it had asked
/// for and cancelled (peer_connection::start_receive_piece): it counts it, and drops it if the block is there already.
void request_block(lt::peer_connection& peer, lt::peer_request const& request);

/// Keeps the trust in peers at 7 at most. libtorrent counts it in a field of four bits with a sign, and lets it reach
/// 8, which is -8: a peer that had a part in eight good pieces would be banned at the next bad one that it had a part
/// in (torrent_peer::trust_points, torrent::piece_passed, torrent::penalize_peers). After each piece that passed.
void keep_trust_in_bounds(lt::torrent& torrent);

/// Ends the connection, and no new one is made or let in (as peer_list::ban_peer, for a peer that is connected).
void ban(lt::peer_connection& peer, lt::counters& counters);

/// Forgets the peers that a torrent knows, which end with their session: the torrent may be somebody's a moment longer.
/// REQUIRES: it has no connection any more, and is being destroyed. The thread that destroys it.
void forget_peers(lt::torrent& torrent);

/// Has what is written to a TCP peer sent at once (TCP_NODELAY), which libtorrent does not: a request is a few bytes,
/// and is otherwise held back until the peer has acknowledged the one before, which it may delay by 40 ms.
void send_without_delay(lt::peer_connection& peer);

/// Has libtorrent count anew how many of the peers that it knows it may connect to, and forget how often they could not
/// be connected to: after three times in a row it gives a peer up (`settings_pack::max_failcount`), and where attempts
/// follow each other in seconds, a router that starts again would cost all of them. While a torrent is finished it does
/// not count seeds, and when it is not any more, it counts again only when it next connects to one: as long as there is
/// none but seeds, never (torrent::want_peers, peer_list::connect_one_peer).
void count_candidates_again(lt::torrent& torrent);

} // namespace memtorrent::peer_bridge
