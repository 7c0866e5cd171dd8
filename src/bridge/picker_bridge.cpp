#include "bridge/picker_bridge.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/private_member.hpp"
#include "cache/piece_geometry.hpp"
#include "memtorrent/error.hpp"

#include <libtorrent/aux_/file_progress.hpp>
#include <libtorrent/bt_peer_connection.hpp>
#include <libtorrent/peer_connection.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/piece_picker.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/version.hpp>

#include <algorithm>
#include <vector>

#if LIBTORRENT_VERSION_NUM < 20005 || LIBTORRENT_VERSION_NUM >= 20100
#error \
    "picker_bridge knows the piece picker of libtorrent 2.0.5 to 2.0.x: compare piece_picker.hpp, then extend this check"
#endif

// 2.0.11 folded m_num_passed into m_num_have.
#if LIBTORRENT_VERSION_NUM < 20011
#define MEMTORRENT_PICKER_COUNTS_PASSED 1
#else
#define MEMTORRENT_PICKER_COUNTS_PASSED 0
#endif

namespace memtorrent::picker_bridge {

namespace {

using lt::piece_picker;

MEMTORRENT_REACH(piece_map, piece_picker::m_piece_map);
MEMTORRENT_REACH(downloads, piece_picker::m_downloads);
MEMTORRENT_REACH(block_infos, piece_picker::m_block_info);
MEMTORRENT_REACH(free_block_infos, piece_picker::m_free_block_infos);
MEMTORRENT_REACH(num_filtered, piece_picker::m_num_filtered);
MEMTORRENT_REACH(num_have_filtered, piece_picker::m_num_have_filtered);
MEMTORRENT_REACH(num_have, piece_picker::m_num_have);
MEMTORRENT_REACH(have_pad_bytes, piece_picker::m_have_pad_bytes);
MEMTORRENT_REACH(filtered_pad_bytes, piece_picker::m_filtered_pad_bytes);
MEMTORRENT_REACH(have_filtered_pad_bytes, piece_picker::m_have_filtered_pad_bytes);
MEMTORRENT_REACH(pads_in_piece, piece_picker::m_pads_in_piece);
MEMTORRENT_REACH(picker_piece_size, piece_picker::m_piece_size);
MEMTORRENT_REACH(picker_total_size, piece_picker::m_total_size);
MEMTORRENT_REACH(cursor, piece_picker::m_cursor);
MEMTORRENT_REACH(reverse_cursor, piece_picker::m_reverse_cursor);
MEMTORRENT_REACH(pick_order_is_dirty, piece_picker::m_dirty);
#if MEMTORRENT_PICKER_COUNTS_PASSED
MEMTORRENT_REACH(num_passed, piece_picker::m_num_passed);
#endif
MEMTORRENT_REACH(time_critical_pieces, lt::torrent::m_time_critical_pieces);
MEMTORRENT_REACH(torrent_file_progress, lt::torrent::m_file_progress);
MEMTORRENT_REACH(bytes_per_file, lt::aux::file_progress::m_file_progress);
MEMTORRENT_REACH(total_on_disk, lt::aux::file_progress::m_total_on_disk);
#if TORRENT_USE_INVARIANT_CHECKS
MEMTORRENT_REACH(pieces_in_progress, lt::aux::file_progress::m_have_pieces);
#endif
MEMTORRENT_REACH(torrent_behind, lt::torrent_handle::m_torrent);
MEMTORRENT_REACH(upload_requests, lt::peer_connection::m_requests);
MEMTORRENT_REACH(write_dont_have, lt::peer_connection::write_dont_have);
MEMTORRENT_REACH(write_reject_request, lt::peer_connection::write_reject_request);

auto& position_of(piece_picker& picker, lt::piece_index_t piece) { return member(picker, piece_map{})[piece]; }

template <typename Queue>
auto find_download(Queue& queue, lt::piece_index_t piece) {
  return std::find_if(queue.begin(), queue.end(), [&](auto const& d) { return d.index == piece; });
}

int pad_bytes(piece_picker& picker, lt::piece_index_t piece) {
  auto const& pads = member(picker, pads_in_piece{});
  auto const pad = pads.find(piece);
  return pad == pads.end() ? 0 : pad->second;
}

// As piece_picker::erase_download_piece, but the order of picking is rebuilt rather than patched: whether the piece is
// listed in it depends on its state before, and a piece with all its blocks asked for is not.
void forget_download(piece_picker& picker, lt::piece_index_t piece) {
  auto& position = position_of(picker, piece);
  if (!position.downloading()) return;
  auto& queue = member(picker, downloads{})[position.download_queue()];
  auto const download = find_download(queue, piece);
  member(picker, free_block_infos{}).push_back(download->info_idx);
  queue.erase(download);
  position.state(lt::download_queue_t(std::remove_reference_t<decltype(position)>::piece_open));
  member(picker, pick_order_is_dirty{}) = true;
}

// As the first half of piece_picker::we_dont_have (2.0.8) or account_lost (2.0.11).
void forget_have(piece_picker& picker, lt::piece_index_t piece) {
#if MEMTORRENT_LINKS_WE_DONT_HAVE
  picker.we_dont_have(piece);
#else
  auto& position = position_of(picker, piece);
  int const pads = pad_bytes(picker, piece);
  if (position.filtered()) {
    member(picker, filtered_pad_bytes{}) += pads;
    ++member(picker, num_filtered{});
    member(picker, have_filtered_pad_bytes{}) -= pads;
    --member(picker, num_have_filtered{});
  }
  --member(picker, num_have{});
#if MEMTORRENT_PICKER_COUNTS_PASSED
  --member(picker, num_passed{});
#endif
  member(picker, have_pad_bytes{}) -= pads;
  position.set_not_have();
#endif
}

// The cursors bound the pieces that are neither had nor filtered. A piece that just became filtered may move them.
void tighten_cursors(piece_picker& picker) {
  auto const& pieces = member(picker, piece_map{});
  auto& first = member(picker, cursor{});
  auto& last = member(picker, reverse_cursor{});
  auto const out = [&](lt::piece_index_t p) { return pieces[p].have() || pieces[p].filtered(); };
  while (first < pieces.end_index() && out(first)) ++first;
  while (last > lt::piece_index_t(0) && out(lt::piece_index_t(static_cast<int>(last) - 1))) --last;
  if (first == pieces.end_index()) last = lt::piece_index_t(0);
}

// As piece_picker::set_piece_priority(piece, dont_download), for a piece that is open.
void filter(piece_picker& picker, lt::piece_index_t piece) {
  auto& position = position_of(picker, piece);
  if (position.filtered()) return;
  position.piece_priority = 0;
  ++member(picker, num_filtered{});
  member(picker, filtered_pad_bytes{}) += pad_bytes(picker, piece);
  member(picker, pick_order_is_dirty{}) = true;
  tighten_cursors(picker);
}

// The reverse of aux::file_progress::update, which torrent::we_have called for the piece.
void take_back_progress(lt::torrent& torrent, lt::piece_index_t piece) {
  auto& progress = member(torrent, torrent_file_progress{});
  auto& of_file = member(progress, bytes_per_file{});
  if (of_file.empty()) return;

  auto const& files = torrent.torrent_file().files();
  std::int64_t begin = std::int64_t{static_cast<int>(piece)} * files.piece_length();
  std::int64_t const end = begin + files.piece_size(piece);
  for (auto file = files.file_index_at_offset(begin); begin < end; ++file) {
    std::int64_t const bytes = std::min(files.file_offset(file) + files.file_size(file), end) - begin;
    of_file[file] -= bytes;
    if (!files.pad_file_at(file)) member(progress, total_on_disk{}) -= bytes;
    begin += bytes;
  }
#if TORRENT_USE_INVARIANT_CHECKS
  // It asserts with these that it never adds a piece twice.
  member(progress, pieces_in_progress{}).clear_bit(piece);
#endif
}

// As torrent::piece_failed does for a piece it announced too early. Without the rejects each of the peer's requests
// would fail on its own later, and libtorrent drops a peer after 100 failures in a row.
void tell_peers(lt::torrent& torrent, lt::piece_index_t piece, lt::counters& counters) {
  std::vector<std::shared_ptr<lt::peer_connection>> peers;
  for (auto* const peer : torrent) peers.push_back(peer->self());
  for (auto const& peer : peers) {
    if (peer->is_disconnecting()) continue;
    auto& requests = member(*peer, upload_requests{});
    auto const first = std::stable_partition(requests.begin(), requests.end(),
                                             [&](lt::peer_request const& r) { return r.piece != piece; });
    std::vector<lt::peer_request> const rejected(first, requests.end());
    requests.erase(first, requests.end());
    if (!rejected.empty() && requests.empty()) counters.inc_stats_counter(lt::counters::num_peers_up_requests, -1);

    ((*peer).*private_member(write_dont_have{}))(piece);
    for (auto const& request : rejected) ((*peer).*private_member(write_reject_request{}))(request);
  }
}

bool counters_add_up(piece_picker& picker) {
  int have = 0, filtered = 0, have_filtered = 0;
  for (auto const& position : member(picker, piece_map{})) {
    if (position.have())
      ++(position.filtered() ? have_filtered : have);
    else if (position.filtered())
      ++filtered;
  }
  int in_downloads = 0;
  for (auto const& queue : member(picker, downloads{})) in_downloads += static_cast<int>(queue.size());
  auto const downloading = std::count_if(member(picker, piece_map{}).begin(), member(picker, piece_map{}).end(),
                                         [](auto const& position) { return position.downloading(); });
  return have + have_filtered == member(picker, num_have{}) && filtered == member(picker, num_filtered{}) &&
         have_filtered == member(picker, num_have_filtered{}) && in_downloads == downloading;
}

// As piece_picker::blocks_for_piece. REQUIRES: the piece is being downloaded.
piece_picker::block_info* block_infos_of(lt::torrent& torrent, lt::piece_index_t piece) {
  auto& picker = torrent.picker();
  auto& queue = member(picker, downloads{})[position_of(picker, piece).download_queue()];
  auto const first = static_cast<int>(find_download(queue, piece)->info_idx) *
                     static_cast<int>(blocks_in(torrent.torrent_file().files().piece_length()));
  return &member(picker, block_infos{})[first];
}

} // namespace

std::shared_ptr<lt::torrent> torrent_of(std::shared_ptr<void> const& torrent) {
  return std::static_pointer_cast<lt::torrent>(torrent);
}

lt::torrent_handle handle_of(std::shared_ptr<lt::torrent> const& torrent) {
  lt::torrent_handle handle;
  member(handle, torrent_behind{}) = torrent;
  return handle;
}

lt::client_data_t userdata_of(std::shared_ptr<void> const& torrent) {
  return torrent ? torrent_of(torrent)->get_userdata() : lt::client_data_t();
}

bool is_aborted(lt::torrent const& torrent) { return torrent.is_aborted(); }

piece_state state_of(lt::torrent& torrent, lt::piece_index_t piece) {
  if (!torrent.has_picker()) {
    bool const all = torrent.state() == lt::torrent_status::seeding || torrent.state() == lt::torrent_status::finished;
    return all ? piece_state::seed : piece_state::open;
  }
  auto& picker = torrent.picker();
  auto const& position = position_of(picker, piece);
  if (position.have()) return piece_state::have;
  if (!position.downloading()) return piece_state::open;
  auto& queue = member(picker, downloads{})[position.download_queue()];
  auto const download = find_download(queue, piece);
  bool const busy = download->hashing || download->locked || download->passed_hash_check;
  return busy ? piece_state::in_transition : piece_state::partial;
}

bool has_piece(lt::torrent& torrent, lt::piece_index_t piece) {
  auto const state = state_of(torrent, piece);
  return state == piece_state::have || state == piece_state::seed;
}

bool awaits_hashes(lt::torrent& torrent, lt::piece_index_t piece) {
  auto const& files = torrent.torrent_file().files();
  // Of a hybrid the v1 hash decides.
  if (!files.v2() || torrent.torrent_file().info_hashes().has_v1()) return false;
  if (state_of(torrent, piece) != piece_state::partial) return false;
  auto& picker = torrent.picker();
  auto& queue = member(picker, downloads{})[position_of(picker, piece).download_queue()];
  return find_download(queue, piece)->finished == static_cast<int>(blocks_in(files.piece_size(piece)));
}

std::vector<lt::torrent_peer*> givers(lt::torrent& torrent, lt::piece_index_t piece) {
  if (!torrent.has_picker()) return {};
  auto& picker = torrent.picker();
  auto const& position = position_of(picker, piece);
  if (position.have() || !position.downloading()) return {};
  auto& queue = member(picker, downloads{})[position.download_queue()];
  auto const download = find_download(queue, piece);
  auto const& files = torrent.torrent_file().files();
  int const blocks = static_cast<int>(blocks_in(files.piece_size(piece)));
  if (!download->hashing || download->finished + download->writing < blocks) return {};
  auto const* const infos = block_infos_of(torrent, piece);
  std::vector<lt::torrent_peer*> peers;
  peers.reserve(static_cast<std::size_t>(blocks));
  for (int block = 0; block < blocks; ++block) peers.push_back(infos[block].peer);
  return peers;
}

bool is_requested(lt::torrent& torrent, lt::piece_block const& block) {
  if (state_of(torrent, block.piece_index) != piece_state::partial) return false;
  auto const& info = block_infos_of(torrent, block.piece_index)[block.block_index];
  return info.state == piece_picker::block_info::state_requested && info.num_peers > 0;
}

// As piece_picker::mark_as_downloading, for such a block. (Only that one turns a piece that is picked from its end.)
void count_request(lt::torrent& torrent, lt::piece_block const& block, lt::torrent_peer* peer) {
  auto& info = block_infos_of(torrent, block.piece_index)[block.block_index];
  info.peer = peer;
  ++info.num_peers;
#if TORRENT_USE_ASSERTS
  info.peers.insert(peer);
#endif
}

void let_go(lt::torrent& torrent, lt::piece_index_t piece, lt::counters& counters) {
  // Of a torrent that waits for its check. That will see what is missing.
  if (!torrent.has_picker()) return;
  auto& picker = torrent.picker();
  bool const had = position_of(picker, piece).have();
  // Of a piece that is had, a block may still be owed that came from another peer.
  peer_bridge::cancel(torrent, piece);
  if (had) {
    // counters::num_have_pieces stays: it counts pieces that came, and only rises.
    forget_have(picker, piece);
    take_back_progress(torrent, piece);
  } else {
    forget_download(picker, piece);
  }
  filter(picker, piece);
  if (had) tell_peers(torrent, piece, counters);
}

bool has_deadline(lt::torrent& torrent, lt::piece_index_t piece) {
  auto const& due = member(torrent, time_critical_pieces{});
  return std::any_of(due.begin(), due.end(), [&](auto const& d) { return d.piece == piece; });
}

// As torrent::remove_time_critical_piece, but for the priority.
void forget_unwanted_deadline(lt::torrent& torrent, lt::piece_index_t piece) {
  if (!torrent.has_picker() || !position_of(torrent.picker(), piece).filtered()) return;
  auto& due = member(torrent, time_critical_pieces{});
  due.erase(std::remove_if(due.begin(), due.end(),
                           [&](auto const& d) {
                             return d.piece == piece && !(d.flags & lt::torrent_handle::alert_when_available);
                           }),
            due.end());
}

void forget_empty_download(lt::torrent& torrent, lt::piece_index_t piece) {
  if (state_of(torrent, piece) != piece_state::partial) return;
  auto& picker = torrent.picker();
  auto& queue = member(picker, downloads{})[position_of(picker, piece).download_queue()];
  auto const download = find_download(queue, piece);
  if (download->requested + download->writing + download->finished == 0) forget_download(picker, piece);
}

boost::system::error_code self_check(lt::torrent& torrent) {
  if (!torrent.has_picker()) return {};
  auto& picker = torrent.picker();
  auto const& info = torrent.torrent_file();
  bool const holds = picker.num_pieces() == info.num_pieces() &&
                     member(picker, picker_piece_size{}) == info.piece_length() &&
                     member(picker, picker_total_size{}) == info.total_size() && counters_add_up(picker);
  return holds ? boost::system::error_code() : make_error_code(errc::picker_mismatch);
}

} // namespace memtorrent::picker_bridge
