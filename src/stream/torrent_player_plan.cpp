// The player's plans: what its heads need, and what the disk and the swarm are told.

#include "stream/torrent_player.hpp"

#include "cache/budget_shares.hpp"
#include "disk/reader_space.hpp"
#include "stream/milliseconds_between.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace memtorrent {

namespace {

// A player that plays reads again within this time.
constexpr auto longest_between_reads = std::chrono::seconds(5);

} // namespace

// A read that waits is never idle.
bool torrent_player::is_idle(play_head const& head, clock::time_point now) const {
  bool const read_last = std::none_of(m_heads.begin(), m_heads.end(), [&](auto const& other) {
    return other->preload_bytes == 0 && other->last_read > head.last_read;
  });
  return !head.waiting && head.preload_bytes == 0 &&
         is_left_open(between(head.last_read, now), read_last, m_is_another_read);
}

// At the very end of its file a head counts as in the last piece.
lt::piece_index_t torrent_player::piece_under(play_head const& head) const {
  return m_storage->geometry().piece_at(std::min(head.position, head.file.end - 1));
}

std::vector<std::shared_ptr<play_head>> torrent_player::played_heads() const {
  std::vector<std::shared_ptr<play_head>> played;
  std::copy_if(m_heads.begin(), m_heads.end(), std::back_inserter(played),
               [](auto const& head) { return head->seek_number > 0; });
  return played;
}

// The pieces that readers are in, each with the number of the last seek into it, the latest seek first. A preload
// counts as seek 0, so readers come before it.
std::vector<std::pair<std::uint64_t, lt::piece_index_t>> torrent_player::places(clock::time_point now) const {
  std::map<lt::piece_index_t, std::uint64_t> came;
  for (auto const& head : played_heads()) {
    if (is_idle(*head, now)) continue;
    auto& last = came[piece_under(*head)];
    if (head->preload_bytes == 0) last = std::max(last, head->seek_number);
  }
  std::vector<std::pair<std::uint64_t, lt::piece_index_t>> newest_first;
  newest_first.reserve(came.size());
  for (auto const& [piece, seek_number] : came) newest_first.emplace_back(seek_number, piece);
  std::sort(newest_first.rbegin(), newest_first.rend());
  return newest_first;
}

readers_need torrent_player::need(clock::time_point now) const {
  readers_need need;
  for (auto const& head : played_heads()) {
    need.last_read = std::max(need.last_read, head->waiting ? now : head->last_read);
    if (!is_idle(*head, now)) need.weight += weight_of(snapshot_of(*head, now));
  }
  for (auto const& [seek_number, piece] : places(now)) need.heads.push_back(seek_number);
  return need;
}

void torrent_player::give_space(int places_with_space, clock::time_point now) {
  auto with_space = places(now);
  with_space.resize(std::min(with_space.size(), static_cast<std::size_t>(places_with_space)));
  for (auto const& head : played_heads())
    head->has_space = std::any_of(with_space.begin(), with_space.end(),
                                  [&](auto const& place) { return place.second == piece_under(*head); });
}

bool torrent_player::is_played() const {
  locked const lock(m_mutex);
  return !m_closed &&
         std::any_of(m_heads.begin(), m_heads.end(), [](auto const& head) { return head->seek_number > 0; });
}

torrent_snapshot torrent_player::snapshot(clock::time_point now) const {
  auto const& geometry = m_storage->geometry();
  torrent_snapshot s;
  s.piece_length_bytes = geometry.piece_length_bytes();
  s.is_untried = !m_has_passed_piece;
  s.is_there = [this](lt::piece_index_t piece) { return m_storage->has_passed(piece); };
  s.is_begun = [this](lt::piece_index_t piece) { return m_storage->generation(piece) != 0; };
  for (auto const& head : played_heads()) s.heads.push_back(snapshot_of(*head, now));
  return s;
}

head_snapshot torrent_player::snapshot_of(play_head const& head, clock::time_point now) const {
  auto const& geometry = m_storage->geometry();
  head_snapshot h;
  h.piece = piece_under(head);
  h.first_of_file = geometry.piece_at(head.file.begin);
  h.end_of_file = next_piece(geometry.piece_at(head.file.end - 1));
  h.idle = !head.has_space || is_idle(head, now);
  h.waiting = head.has_space && head.waiting;
  h.seek_number = head.seek_number;
  if (h.waiting)
    h.missing_bytes =
        std::int64_t{geometry.blocks_in_piece(h.piece) - m_storage->blocks_there(h.piece)} * block_size_bytes;
  h.bytes_into_piece = head.position - geometry.offset_of(h.piece);
  h.bytes_per_second = head.read.bytes_per_second();
  h.since_seek_ms = head.read.since_seek(now).count();
  h.film_bytes_per_second = film_bytes_per_second(head);
  h.preload_bytes = head.preload_bytes;
  return h;
}

void torrent_player::plan(reader_space& space) {
  m_planned = clock::now();
  readers_need need;
  std::vector<piece_range> ends;
  {
    locked const lock(m_mutex);
    if (m_closed) return;
    m_is_another_read = disk().shares().is_another_read(*m_storage, m_planned - longest_between_reads);
    need = this->need(m_planned);
    ends = file_ends(m_planned);
  }
  if (!is_played()) {
    leave_windows(space);
    return;
  }
  auto const share = space.set_need(*m_storage, std::move(need));
  auto const pinned_ends = space.set_file_ends(*m_storage, std::move(ends));
  torrent_snapshot now;
  std::vector<std::shared_ptr<play_head>> heads;
  {
    locked const lock(m_mutex);
    give_space(share.fitting.heads, m_planned);
    now = snapshot(m_planned);
    heads = played_heads();
    m_file_ends = pinned_ends;
  }
  // The last reader was closed meanwhile. The next plan leaves its window.
  if (heads.empty()) return;
  now.file_ends = pinned_ends;
  now.share_bytes = share.bytes - resident_bytes(m_storage->geometry(), m_storage->order().pinned());
  m_windows = m_scheduler.plan(now, m_planned);
  space.set_windows(*m_storage, m_windows);
  {
    locked const lock(m_mutex);
    for (std::size_t i = 0; i < heads.size(); ++i) heads[i]->window = m_windows[i];
  }
  finish_preloads();
  m_watchdog.watch(space.network_io(), weak_from_this(), [this] { return tick(); });
}

bool torrent_player::tick() {
  if (!is_played()) return false;
  auto const now = clock::now();
  look_at_waits(now);
  // Plans change with time: a window grows while its reader stays, and heads become idle.
  if (now - m_planned >= std::chrono::seconds(1))
    plan_soon();
  else
    m_scheduler.tick(take_snapshot(now), now);
  return true;
}

torrent_snapshot torrent_player::take_snapshot(clock::time_point now) const {
  locked const lock(m_mutex);
  return snapshot(now);
}

// The ends of the files that are read, latest seek first, because perhaps not all of them may be pinned.
std::vector<piece_range> torrent_player::file_ends(clock::time_point now) const {
  auto heads = played_heads();
  std::sort(heads.begin(), heads.end(), [](auto const& a, auto const& b) { return a->seek_number > b->seek_number; });
  std::vector<byte_range> ends;
  for (auto const& head : heads) {
    if (is_idle(*head, now)) continue;
    auto const [begin, end] = head->file;
    ends.push_back({begin, std::min(begin + m_options.file_head_bytes, end)});
    ends.push_back({std::max(end - m_options.file_tail_bytes, begin), end});
  }
  return without_repeats(pieces_of(m_storage->geometry(), ends));
}

// Nobody reads any more. The pieces of the last windows stay wanted, because a player that seeks often ends one request
// before it begins the next. If nothing were wanted in between, we would tell all peers that we are not interested, and
// some clients would choke us for the next ten seconds. But the windows and the ends of the files become idle, so their
// pieces go before those of other readers.
void torrent_player::leave_windows(reader_space& space) {
  for (auto& window : m_windows) window.idle = true;
  {
    locked const lock(m_mutex);
    for (auto const& [begin, end] : std::exchange(m_file_ends, {})) m_windows.push_back({begin, begin, end, true});
  }
  space.set_need(*m_storage, {});
  space.set_file_ends(*m_storage, {});
  space.set_windows(*m_storage, m_windows);
  // Peers that were not asked while a reader waited may be asked again.
  auto const now = clock::now();
  m_scheduler.tick(take_snapshot(now), now);
}

void torrent_player::on_piece_evicted(lt::piece_index_t piece) { m_scheduler.forget(piece); }

void torrent_player::on_piece_failed(lt::piece_index_t piece) {
  locked const lock(m_mutex);
  ++m_failures[piece];
}

void torrent_player::on_block_dropped(lt::piece_index_t piece) {
  {
    locked const lock(m_mutex);
    m_dropped[piece] = clock::now();
  }
  planned_torrent::on_block_dropped(piece);
}

bool torrent_player::is_waited_for(lt::piece_index_t piece) const {
  locked const lock(m_mutex);
  return std::any_of(m_heads.begin(), m_heads.end(), [&](auto const& head) {
    return head->seek_number > 0 && head->has_space && m_storage->geometry().piece_at(head->position) == piece;
  });
}

void torrent_player::on_share_changed() {
  {
    locked const lock(m_mutex);
    if (m_heads.empty()) return;
  }
  plan_soon();
}

std::vector<lt::download_priority_t> torrent_player::wanted_after_recheck() const {
  auto const pieces = static_cast<std::size_t>(m_storage->geometry().num_pieces());
  return std::vector<lt::download_priority_t>(pieces, lt::dont_download); // NOLINT(modernize-return-braced-init-list)
}

void torrent_player::recheck_began() {
  m_scheduler.forget_all();
  plan_soon();
}

void torrent_player::want_nothing() {
  auto const pieces = static_cast<std::size_t>(m_storage->geometry().num_pieces());
  m_torrent.prioritize_pieces(std::vector<lt::download_priority_t>(pieces, lt::dont_download));
}

} // namespace memtorrent
