// What a stream is told about its torrent's pieces.

#pragma once

#include <boost/system/error_code.hpp>
#include <libtorrent/units.hpp>

namespace memtorrent {

/// Called on the network thread, with no lock held.
class piece_listener {
 public:
  virtual ~piece_listener() = default;
  /// The piece's hash was verified: it can be read.
  virtual void on_piece_passed(lt::piece_index_t piece) = 0;
  /// The piece was evicted: the torrent does not have it any more, and its priority is 0.
  virtual void on_piece_evicted(lt::piece_index_t piece) = 0;
  /// The piece failed its hash.
  virtual void on_piece_failed(lt::piece_index_t piece) = 0;
  /// A block of the piece was dropped, because nothing could make space for it. Called while libtorrent receives it.
  virtual void on_block_dropped(lt::piece_index_t piece) = 0;
  /// A piece of this torrent should go to make space. It cannot, because libtorrent calls the torrent a seed, and a
  /// seed has no piece picker: recheck it, so that it has one. Called while libtorrent receives a block.
  virtual void on_recheck_needed() = 0;
  /// The torrent's share of the budget has changed, by something else than this listener's own `set_need`.
  virtual void on_share_changed() = 0;
  /// The torrent left the session, or the session ends (`errc::torrent_removed`, `errc::session_closed`).
  virtual void on_closed(boost::system::error_code reason) = 0;
};

} // namespace memtorrent
