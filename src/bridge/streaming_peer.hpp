// What is said to peers otherwise than libtorrent would, because a torrent that streams is neither a download nor a
// seed. Four cases, each seen with a real client:
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
//   - libtorrent asks a peer for what it sends in a second, by a rate that is an average of seconds; a peer that has
//     just sent a magnet link's metadata gets two requests at a time for a whole second. A scheduler has measured the
//     peer better. And where the scheduler wants nothing asked of a peer, libtorrent would ask it for what is
//     time-critical all the same.

#pragma once

#include "bridge/peer_bridge.hpp"

#include <libtorrent/client_data.hpp>
#include <libtorrent/extensions.hpp>
#include <libtorrent/peer_connection_handle.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <memory>
#include <utility>

namespace memtorrent {

/// On each connection of such a torrent. Network thread.
class streaming_peer final : public lt::peer_plugin {
 public:
  explicit streaming_peer(lt::peer_connection_handle peer) : m_peer(std::move(peer)) {}

  /// As peer_bridge::limit_requests, and from now on. A `most` of 0: nothing at all, not even what is time-critical.
  static void limit_requests(lt::peer_connection& peer, int fewest, int most);

  void add_handshake(lt::entry& handshake) override;
  bool on_handshake(lt::span<char const> reserved_bits) override;
  bool on_piece(lt::peer_request const& block, lt::span<char const> bytes) override;
  void sent_cancel(lt::peer_request const& request) override;
  void on_disconnect(lt::error_code const& ec) override;

 private:
  lt::peer_connection_handle m_peer;
  int m_fewest_requests = 0;
  int m_most_requests = -1; // below 0: none were said
  peer_bridge::parole m_parole;
};

/// For `lt::add_torrent_params::extensions`. Any thread; what it makes runs on the network thread.
std::shared_ptr<lt::torrent_plugin> streaming_peers(lt::torrent_handle const& torrent, lt::client_data_t userdata);

} // namespace memtorrent
