// Takes a piece out of a torrent that has it. This and peer_bridge are the only files that know libtorrent's private
// parts.
//
// libtorrent 2.0 has no public way to say "we no longer have this piece". Its piece picker can forget one, but most
// builds hide that function, and the 2.0 versions of it disagree with themselves for partly downloaded pieces (2.0.8
// leaves such a piece out of the pick order for good, 2.0.11 can list it twice). So the accounting is done here.
//
// How the private counters are reached: private_member.hpp. Where the library lets us link its own
// `piece_picker::we_dont_have` (MEMTORRENT_LINKS_WE_DONT_HAVE, found out by cmake/libtorrent.cmake), complete pieces go
// through that.
//
// A piece that is let go is set to priority 0 in the same step: it is neither had nor wanted. That keeps the torrent's
// own state true (a finished torrent stays finished), and nothing is downloaded again until somebody wants it.
//
// Thread: all of it on the network thread.

#pragma once

#include <boost/system/error_code.hpp>
#include <libtorrent/client_data.hpp>
#include <libtorrent/fwd.hpp>
#include <libtorrent/units.hpp>

#include <memory>
#include <vector>

namespace libtorrent {
struct counters;
struct torrent;
struct torrent_peer;
} // namespace libtorrent

namespace memtorrent::picker_bridge {

enum class piece_state {
  /// Nothing of it is downloaded or asked for.
  open,
  /// Some blocks are downloaded or asked for.
  partial,
  /// Its hash is being checked, or a failed check is being cleaned up: it must not be touched now.
  in_transition,
  have,
  /// All pieces are had, and libtorrent gave up its piece picker: no piece can be let go until a recheck.
  seed,
};

/// The torrent behind the pointer that `disk_interface::new_torrent` receives.
std::shared_ptr<lt::torrent> torrent_of(std::shared_ptr<void> const& torrent);

/// Any thread.
lt::torrent_handle handle_of(std::shared_ptr<lt::torrent> const& torrent);

/// What the embedder put into `add_torrent_params::userdata`; empty for no torrent.
lt::client_data_t userdata_of(std::shared_ptr<void> const& torrent);

/// True if the torrent is leaving the session.
bool is_aborted(lt::torrent const& torrent);

piece_state state_of(lt::torrent& torrent, lt::piece_index_t piece);

/// True if libtorrent has the piece, its hash verified.
bool has_piece(lt::torrent& torrent, lt::piece_index_t piece);

/// True if all of the piece is there, and libtorrent has not yet the hashes that it is to be compared with, which only
/// happens to v2 torrents.
bool awaits_hashes(lt::torrent& torrent, lt::piece_index_t piece);

/// Who gave which block of a piece that is complete and whose hash is being checked. Null for a block that is pad, or
/// whose peer libtorrent has forgotten. Empty if the piece is not in that state.
std::vector<lt::torrent_peer*> givers(lt::torrent& torrent, lt::piece_index_t piece);

/// True if the block is requested of somebody and has not come.
bool is_requested(lt::torrent& torrent, lt::piece_block const& block);
/// Counts one more peer of which a block was requested. REQUIRES: `is_requested`.
void count_request(lt::torrent& torrent, lt::piece_block const& block, lt::torrent_peer* peer);

/// Takes a piece that is `open`, `partial` or `have` out of the picker and out of the torrent's progress, sets it to
/// priority 0, and cancels what peers owe of it. If it was had, what they asked of it is rejected, and they are told
/// dont-have (BEP 54, lt_donthave).
/// REQUIRES: `self_check` passed for this torrent.
void let_go(lt::torrent& torrent, lt::piece_index_t piece, lt::counters& counters);

/// libtorrent fetches a piece that has a deadline whatever its priority. So what is let go is not to have one; but one
/// that somebody is to be told of (alert_when_available) stays. Nothing happens if the piece is wanted again.
/// REQUIRES of the latter: a turn of its own, because libtorrent reads from the disk while it looks at its deadlines.
bool has_deadline(lt::torrent& torrent, lt::piece_index_t piece);
void forget_unwanted_deadline(lt::torrent& torrent, lt::piece_index_t piece);

/// Takes a download out of the picker of which no block is asked for, written or finished. The picker itself takes it
/// out with its last block, but not while the hash was asked for; and a download that is empty when its priority
/// changes keeps its old place (piece_picker::update_piece_state). The piece stays wanted as it was.
void forget_empty_download(lt::torrent& torrent, lt::piece_index_t piece);

/// Proves that the picker's counters are what this code believes they are: recounts all of them. Else
/// `errc::picker_mismatch`, and nothing may be let go. (That the library is the one this was compiled for is seen
/// before there is a torrent: library_version.hpp.)
boost::system::error_code self_check(lt::torrent& torrent);

} // namespace memtorrent::picker_bridge
