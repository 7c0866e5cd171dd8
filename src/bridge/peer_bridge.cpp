#include "bridge/peer_bridge.hpp"

#include "bridge/picker_bridge.hpp"
#include "bridge/private_member.hpp"

#include <libtorrent/aux_/session_interface.hpp>
#include <libtorrent/bt_peer_connection.hpp>
#include <libtorrent/error_code.hpp>
#include <libtorrent/operations.hpp>
#include <libtorrent/peer_connection.hpp>
#include <libtorrent/peer_list.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/torrent_peer.hpp>
#include <libtorrent/torrent_peer_allocator.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace memtorrent::peer_bridge {

namespace {

MEMTORRENT_REACH(requested_blocks, lt::peer_connection::m_download_queue);
MEMTORRENT_REACH(queued_blocks, lt::peer_connection::m_request_queue);
MEMTORRENT_REACH(queued_urgent_blocks, lt::peer_connection::m_queued_time_critical);
MEMTORRENT_REACH(block_on_its_way, lt::peer_connection::m_receiving_block);
MEMTORRENT_REACH(request_time, lt::peer_connection::m_requested);
MEMTORRENT_REACH(last_piece_time, lt::peer_connection::m_last_piece);
MEMTORRENT_REACH(last_request_time, lt::peer_connection::m_last_request);
MEMTORRENT_REACH(outstanding_bytes, lt::peer_connection::m_outstanding_bytes);
MEMTORRENT_REACH(most_requests, lt::peer_connection::m_max_out_request_queue);
MEMTORRENT_REACH(wanted_requests, lt::peer_connection::m_desired_queue_size);

MEMTORRENT_REACH(plugins, lt::peer_connection::m_extensions);
MEMTORRENT_REACH(pieces_of_peer, lt::peer_connection::m_have_piece);
MEMTORRENT_REACH(average_piece_time, lt::torrent::m_average_piece_time);
MEMTORRENT_REACH(piece_time_deviation, lt::torrent::m_piece_time_deviation);
MEMTORRENT_REACH(write_request, lt::peer_connection::write_request);
MEMTORRENT_REACH(write_cancel, lt::peer_connection::write_cancel);

MEMTORRENT_REACH(known_peers, lt::torrent_hot_members::m_peer_list);
MEMTORRENT_REACH(candidates, lt::peer_list::m_num_connect_candidates);
MEMTORRENT_REACH(list_of_peers, lt::peer_list::m_peers);

// A private base, which only this cast may name ([expr.cast]/4).
lt::peer_list* peers_known_to(lt::torrent& torrent) {
  auto& members = (lt::torrent_hot_members&)torrent; // NOLINT(google-readability-casting)
  return member(members, known_peers{}).get();
}

lt::peer_request request_for(lt::torrent const& torrent, lt::piece_block const& block) {
  int const start = block.block_index * lt::default_block_size;
  return {block.piece_index, start,
          std::min(torrent.torrent_file().piece_size(block.piece_index) - start, lt::default_block_size)};
}

struct cancelled_request {
  std::weak_ptr<lt::peer_connection> peer;
  lt::piece_block block;
  lt::peer_request request;
};

// A peer without the fast extension has the request taken out of its queue meanwhile, and is asked for something else.
// What has begun to come does come, and libtorrent counts its bytes as they do (peer_connection::cancel_all_requests).
void tell(cancelled_request const& cancelled) {
  auto const peer = cancelled.peer.lock();
  if (!peer || peer->is_disconnecting() || member(*peer, block_on_its_way{}) == cancelled.block) return;
  auto const& requested = member(*peer, requested_blocks{});
  if (std::any_of(requested.begin(), requested.end(),
                  [&](auto const& pending) { return pending.block == cancelled.block && pending.not_wanted; }))
    ((*peer).*private_member(write_cancel{}))(cancelled.request);
}

// As peer_connection::cancel_request. The peers hear of it in a turn of their own, because libtorrent may be in the
// middle of a message of one of them.
template <typename Applies>
void cancel_those(lt::torrent& torrent, Applies applies) {
  std::vector<cancelled_request> cancelled;
  for (auto* const peer : torrent) {
    auto& queued = member(*peer, queued_blocks{});
    auto& urgent = member(*peer, queued_urgent_blocks{}); // the first so many of them
    for (auto pending = queued.begin(); pending != queued.end();) {
      if (!applies(pending->block)) {
        ++pending;
        continue;
      }
      if (pending - queued.begin() < urgent) --urgent;
      pending = queued.erase(pending);
    }
    for (auto& pending : member(*peer, requested_blocks{})) {
      if (pending.not_wanted || !applies(pending.block)) continue;
      pending.not_wanted = true;
      cancelled.push_back({peer->self(), pending.block, request_for(torrent, pending.block)});
    }
  }
  if (cancelled.empty()) return;
  boost::asio::post(torrent.session().get_context(), [cancelled = std::move(cancelled)] {
    for (auto const& one : cancelled) tell(one);
  });
}

} // namespace

lt::torrent_peer* known_as(lt::peer_connection& peer) { return peer.peer_info_struct(); }

std::shared_ptr<lt::peer_connection> connection_of(lt::torrent_peer const& known) {
  // Nothing else in libtorrent implements the interface.
  auto* const connection = static_cast<lt::peer_connection*>(known.connection);
  return connection ? connection->self() : nullptr;
}

bool is_banned(lt::torrent_peer const& known) { return known.banned; }

std::shared_ptr<lt::peer_connection> shared(lt::peer_connection& peer) { return peer.self(); }

bool is_live_client(lt::peer_connection const& peer) {
  return peer.type() == lt::connection_type::bittorrent && !peer.is_disconnecting();
}

bool has_piece(lt::peer_connection& peer, lt::piece_index_t piece) {
  auto const& has = member(peer, pieces_of_peer{});
  return piece < has.end_index() && has[piece];
}

int download_rate(lt::peer_connection& peer) { return peer.statistics().download_payload_rate(); }

piece_supply supply_of(lt::torrent& torrent, lt::piece_index_t piece) {
  piece_supply supply;
  for (auto* const peer : torrent) {
    ++supply.peers;
    if (!has_piece(*peer, piece)) continue;
    ++supply.have_it;
    supply.let_us_ask += peer->has_peer_choked() ? 0 : 1;
    auto const& requested = member(*peer, requested_blocks{});
    auto const owed =
        static_cast<int>(std::count_if(requested.begin(), requested.end(), [&](lt::pending_block const& pending) {
          return pending.block.piece_index == piece && !pending.not_wanted &&
                 picker_bridge::is_requested(torrent, pending.block);
        }));
    if (owed <= supply.blocks_owed) continue;
    supply.blocks_owed = owed;
    supply.owes_most = peer->remote();
  }
  return supply;
}

std::vector<owed_block> owed_blocks(lt::torrent& torrent, lt::piece_index_t piece) {
  std::vector<owed_block> owed;
  for (auto* const peer : torrent) {
    peer_handle const handle(peer->self());
    int before_it = 0;
    auto const take = [&](auto const& queue) {
      for (auto const& pending : queue) {
        // One that has come from another peer may still be in a queue.
        if (pending.block.piece_index == piece && picker_bridge::is_requested(torrent, pending.block))
          owed.push_back({pending.block.block_index, handle, before_it, pending.not_wanted || pending.timed_out});
        ++before_it;
      }
    };
    take(member(*peer, requested_blocks{}));
    take(member(*peer, queued_blocks{}));
  }
  return owed;
}

bool may_be_asked(lt::torrent& torrent, lt::peer_connection& peer, lt::piece_index_t piece) {
  auto const* const known = peer.peer_info_struct();
  return is_live_client(peer) && !peer.has_peer_choked() && has_piece(peer, piece) && !(known && known->on_parole) &&
         !torrent.upload_mode();
}

// As peer_connection::add_request and send_block_requests.
void request_as_well(lt::torrent& torrent, lt::peer_connection& peer, lt::piece_block const& block) {
  picker_bridge::count_request(torrent, block, peer.peer_info_struct());
  auto const request = request_for(torrent, block);
  auto const now = lt::clock_type::now();
  auto& requested = member(peer, requested_blocks{});
  if (requested.empty()) {
    peer.stats_counters().inc_stats_counter(lt::counters::num_peers_down_requests);
    // From here on it is to answer in time.
    member(peer, request_time{}).set(peer.connected_time(), now);
    member(peer, last_piece_time{}).set(peer.connected_time(), now);
  }
  requested.emplace_back(block).busy = true;
  member(peer, outstanding_bytes{}) += request.length;
  member(peer, last_request_time{}).set(peer.connected_time(), now);
  request_block(peer, request);
}

void cancel(lt::torrent& torrent, lt::piece_block const& block) {
  cancel_those(torrent, [&](lt::piece_block const& other) { return other == block; });
}

void cancel(lt::torrent& torrent, lt::piece_index_t piece) {
  cancel_those(torrent, [&](lt::piece_block const& block) { return block.piece_index == piece; });
}

std::int64_t download_rate(lt::torrent& torrent) { return torrent.statistics().download_payload_rate(); }

std::vector<sender> senders(lt::torrent& torrent) {
  std::vector<sender> found;
  for (auto* const peer : torrent)
    if (!peer->has_peer_choked() && !peer->is_disconnecting())
      found.push_back({peer_handle(peer->self()), peer->statistics().total_payload_download(),
                       static_cast<int>(member(*peer, requested_blocks{}).size())});
  return found;
}

void limit_requests(lt::peer_connection& peer, int fewest, int most) {
  constexpr int least_of_all = 2; // libtorrent's own
  constexpr int most_of_all = 2000;
  peer.no_download(most == 0);
  most = std::clamp(most, least_of_all, most_of_all);
  fewest = std::clamp(fewest, least_of_all, most);
  member(peer, most_requests{}) = static_cast<std::uint16_t>(most);
  // A snubbed peer is asked for one block.
  auto& wanted = member(peer, wanted_requests{});
  if (wanted > 1) wanted = static_cast<std::uint16_t>(std::clamp<int>(wanted, fewest, most));
}

// A piece that passed ends every parole, so it is set again; one that failed makes it libtorrent's own.
void parole::set(lt::peer_connection& peer, bool is_on) {
  auto* const known = peer.peer_info_struct();
  if (!known) return;
  if (is_on && (m_is_on || !known->on_parole)) {
    if (!std::exchange(m_is_on, true)) m_failed_pieces = known->hashfails;
    known->on_parole = true;
  } else if (!is_on && std::exchange(m_is_on, false) && known->hashfails == m_failed_pieces) {
    known->on_parole = false;
  }
}

std::list<std::shared_ptr<lt::peer_plugin>> const& plugins_of(lt::peer_connection& peer) {
  return member(peer, plugins{});
}

void set_patience(lt::torrent& torrent, std::chrono::milliseconds patience) {
  member(torrent, average_piece_time{}) = static_cast<std::int32_t>(patience.count());
  member(torrent, piece_time_deviation{}) = 0;
}

void forget_cancelled_request(lt::peer_connection& peer, lt::peer_request const& request) {
  auto& requested = member(peer, requested_blocks{});
  lt::piece_block const block(request.piece, request.start / lt::default_block_size);
  auto const cancelled = std::find_if(requested.begin(), requested.end(), [&](lt::pending_block const& pending) {
    return pending.not_wanted && pending.block == block;
  });
  if (cancelled == requested.end()) return;
  requested.erase(cancelled);
  auto& outstanding = member(peer, outstanding_bytes{});
  outstanding = std::max(0, outstanding - request.length);
  if (requested.empty()) peer.stats_counters().inc_stats_counter(lt::counters::num_peers_down_requests, -1);
}

void request_block(lt::peer_connection& peer, lt::peer_request const& request) {
  (peer.*private_member(write_request{}))(request);
}

void ban(lt::peer_connection& peer, lt::counters& counters) {
  auto* const known = peer.peer_info_struct();
  if (known && !known->banned) {
    known->banned = true;
    counters.inc_stats_counter(lt::counters::num_banned_peers);
    counters.inc_stats_counter(lt::counters::banned_for_hash_failure);
  }
  // Through the interface, because only its virtual functions can be reached in a shared library.
  lt::peer_connection_interface& connection = peer;
  connection.disconnect(lt::errors::too_many_corrupt_pieces, lt::operation_t::bittorrent);
}

void send_without_delay(lt::peer_connection& peer) {
  // A proxy's or an encrypted stream is left as it is. If the option cannot be set, it is as slow as it was.
  boost::system::error_code ignored;
  if (auto* const socket = boost::get<lt::tcp::socket>(&peer.get_socket()))
    socket->set_option(lt::tcp::no_delay(true), ignored);
}

// As peer_list::clear.
void forget_peers(lt::torrent& torrent) {
  auto* const known = peers_known_to(torrent);
  // Of a session that has ended meanwhile it has been emptied (torrent::panic).
  if (!known || known->num_peers() == 0) return;
  auto& allocator = torrent.session().get_peer_allocator();
  for (auto* const peer : member(*known, list_of_peers{})) allocator.free_peer_entry(peer);
  member(*known, list_of_peers{}).clear();
}

void keep_trust_in_bounds(lt::torrent& torrent) {
  constexpr int overflown = -8; // a penalty ends at -7
  constexpr int most = 7;
  auto* const known = peers_known_to(torrent);
  if (!known) return;
  for (auto* const peer : *known)
    if (peer->trust_points == overflown) peer->trust_points = most;
}

// One is enough for it to try, and with that it counts.
void count_candidates_again(lt::torrent& torrent) {
  auto* const known = peers_known_to(torrent);
  if (!known || known->num_peers() == 0) return;
  for (auto* const peer : *known) peer->failcount = 0;
  member(*known, candidates{}) = std::max(known->num_connect_candidates(), 1);
}

} // namespace memtorrent::peer_bridge
