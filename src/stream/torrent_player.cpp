#include "stream/torrent_player.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/recheck.hpp"
#include "cache/budget_shares.hpp"
#include "disk/memory_disk_io.hpp"
#include "precondition.hpp"
#include "stream/milliseconds_between.hpp"

#include <libtorrent/torrent_info.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace memtorrent {

namespace {

// Who plays reads that often.
constexpr auto plays_within = std::chrono::seconds(5);

window_policy policy_of(streaming_options const& options) {
  window_policy policy;
  policy.look_behind_percent = options.look_behind_percent;
  policy.look_behind_ms = static_cast<int>(std::chrono::milliseconds(options.look_behind).count());
  return policy;
}

} // namespace

torrent_player::torrent_player(lt::torrent_handle torrent, std::shared_ptr<lt::torrent_info const> info,
                               std::shared_ptr<memory_disk_state> disk, std::shared_ptr<memory_storage> storage,
                               streaming_options const& options)
    : m_torrent(std::move(torrent)),
      m_info(std::move(info)),
      m_disk(std::move(disk)),
      m_storage(std::move(storage)),
      m_options(options),
      m_swarm(m_torrent),
      m_scheduler(m_swarm, policy_of(options)),
      m_watchdog(m_torrent) {}

// ---- reading ----

file_bytes torrent_player::take(play_head& head, std::int64_t max_bytes, clock::time_point now) {
  auto bytes = m_storage->read_passed(head.position, std::min(max_bytes, head.file.end - head.position));
  auto const before = head.position;
  for (auto const& slice : bytes) head.position += slice.size_bytes;
  head.read.read(head.position - before, now);
  return bytes;
}

void torrent_player::read(std::shared_ptr<play_head> const& head, std::int64_t position, std::int64_t max_bytes,
                          byte_source::read_handler handler) {
  file_bytes bytes;
  boost::system::error_code error;
  bool needs_plan = false;
  std::vector<memtorrent::preload::done_handler> ended;
  {
    locked const lock(m_mutex);
    MEMTORRENT_REQUIRE(!head->waiting);
    error = m_closed;
    if (!error) {
      auto const& geometry = m_storage->geometry();
      auto const planned = geometry.piece_at(head->position);
      auto const now = clock::now();
      bool const first_read = head->seek_number == 0;
      if (first_read) ended = end_preloads(head->file_index);
      if (first_read || position != head->position) {
        head->read.sought(now);
        head->seek_number = m_disk->next_seek_number();
        // The next plan says so if there is none.
        head->has_space = true;
      }
      head->position = position;
      head->last_read = now;
      bytes = take(*head, max_bytes, now);
      needs_plan = first_read || bytes.empty() || geometry.piece_at(head->position) != planned;
      if (bytes.empty()) {
        head->waiting_max_bytes = max_bytes;
        head->waiting = std::exchange(handler, nullptr);
        head->waiting_since = now;
        head->wait = {};
      }
    }
  }
  if (needs_plan) request_plan();
  for (auto const& done : ended) done({});
  if (handler) handler(error, std::move(bytes));
}

void torrent_player::cancel(play_head& head) {
  byte_source::read_handler cancelled;
  {
    locked const lock(m_mutex);
    cancelled = std::exchange(head.waiting, nullptr);
  }
  if (cancelled) cancelled(errc::read_cancelled, {});
}

void torrent_player::close(std::shared_ptr<play_head> const& head) {
  cancel(*head);
  memtorrent::preload::done_handler given_up;
  {
    locked const lock(m_mutex);
    given_up = end_preload(*head, errc::read_cancelled);
    m_heads.erase(std::remove(m_heads.begin(), m_heads.end(), head), m_heads.end());
  }
  request_plan();
  if (given_up) given_up(errc::read_cancelled);
}

void torrent_player::on_piece_passed(lt::piece_index_t piece) {
  struct answer {
    byte_source::read_handler handler;
    file_bytes bytes;
  };
  std::vector<answer> answers;
  // The next piece that is missing gets its deadline.
  bool needs_plan = m_scheduler.has_deadline(piece);
  {
    locked const lock(m_mutex);
    needs_plan |= !std::exchange(m_has_passed_piece, true);
    m_failures.erase(piece);
    m_dropped.erase(piece);
    auto const now = clock::now();
    for (auto const& head : m_heads) {
      if (!head->waiting || m_storage->geometry().piece_at(head->position) != piece) continue;
      auto bytes = take(*head, head->waiting_max_bytes, now);
      if (bytes.empty()) continue;
      answers.push_back({std::exchange(head->waiting, nullptr), std::move(bytes)});
      needs_plan |= m_storage->geometry().piece_at(head->position) != piece;
    }
  }
  if (needs_plan) request_plan();
  for (auto& a : answers) a.handler({}, std::move(a.bytes));
  finish_preloads();
}

void torrent_player::on_closed(boost::system::error_code reason) {
  std::vector<byte_source::read_handler> waiting;
  std::vector<memtorrent::preload::done_handler> preloads;
  {
    locked const lock(m_mutex);
    if (!m_closed) m_closed = reason;
    for (auto const& head : m_heads) {
      if (head->waiting) waiting.push_back(std::exchange(head->waiting, nullptr));
      if (auto given_up = end_preload(*head, reason)) preloads.push_back(std::move(given_up));
    }
  }
  m_watchdog.stop();
  for (auto const& handler : waiting) handler(reason, {});
  for (auto const& handler : preloads) handler(reason);
}

// ---- planning ----

// A read that waits is never idle.
bool torrent_player::is_idle(play_head const& head, clock::time_point now) const {
  bool const read_last = std::none_of(m_heads.begin(), m_heads.end(), [&](auto const& other) {
    return other->preload_bytes == 0 && other->last_read > head.last_read;
  });
  return !head.waiting && head.preload_bytes == 0 &&
         is_left_open(between(head.last_read, now), read_last, m_is_another_read);
}

// A head at the very end of its file still looks at the last byte.
lt::piece_index_t torrent_player::piece_under(play_head const& head) const {
  return m_storage->geometry().piece_at(std::min(head.position, head.file.end - 1));
}

std::vector<std::shared_ptr<play_head>> torrent_player::played_heads() const {
  std::vector<std::shared_ptr<play_head>> played;
  std::copy_if(m_heads.begin(), m_heads.end(), std::back_inserter(played),
               [](auto const& head) { return head->seek_number > 0; });
  return played;
}

// The pieces that readers are in, those first to which one came last, and when. Whoever waits comes before a preload.
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

memory_disk_state::readers_need torrent_player::need(clock::time_point now) const {
  memory_disk_state::readers_need need;
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

// However many heads move in one turn of the network thread, one plan serves them all. It is made even if nobody has
// the stream any more by then: its windows are to be left.
void torrent_player::request_plan() {
  {
    locked const lock(m_mutex);
    if (std::exchange(m_plan_requested, true)) return;
  }
  m_disk->post([self = shared_from_this()](memory_disk_io& disk) { self->plan(disk); });
}

void torrent_player::plan(memory_disk_io& disk) {
  torrent_snapshot now;
  std::vector<std::shared_ptr<play_head>> heads;
  std::vector<piece_range> ends;
  m_planned = clock::now();
  {
    locked const lock(m_mutex);
    m_plan_requested = false;
    if (m_closed) return;
    m_is_another_read = m_disk->is_another_read(*m_storage, m_planned - plays_within);
    m_disk->set_need(*m_storage, need(m_planned));
    give_space(m_disk->share_of(*m_storage).fitting.heads, m_planned);
    now = snapshot(m_planned);
    heads = played_heads();
    ends = file_ends(m_planned);
  }
  if (heads.empty()) {
    leave_windows(disk);
    return;
  }
  now.file_ends = disk.set_file_ends(*m_storage, std::move(ends));
  now.share_bytes =
      m_disk->share_of(*m_storage).bytes - resident_bytes(m_storage->geometry(), m_storage->order().pinned());
  m_windows = m_scheduler.plan(now, m_planned);
  disk.set_windows(*m_storage, m_windows);
  {
    locked const lock(m_mutex);
    for (std::size_t i = 0; i < heads.size(); ++i) heads[i]->window = m_windows[i];
    m_file_ends = now.file_ends;
  }
  finish_preloads();
  m_watchdog.watch(disk.network_thread(), weak_from_this(), [this] { return tick(); });
}

bool torrent_player::tick() {
  if (!is_played()) return false;
  auto const now = clock::now();
  look_at_waits(now);
  // A window grows while its reader stays, and heads become idle.
  if (now - m_planned >= std::chrono::seconds(1))
    request_plan();
  else
    m_scheduler.tick(take_snapshot(now), now);
  return true;
}

torrent_snapshot torrent_player::take_snapshot(clock::time_point now) const {
  locked const lock(m_mutex);
  return snapshot(now);
}

// The ends of the files that somebody reads, those first to which a reader came last: not all may be pinned.
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

// Nobody reads any more. A player that seeks often ends one request before it begins the next; if nothing were wanted
// in between, we would tell all peers that we are not interested, and some clients would choke us for their next ten
// seconds. So what was wanted stays wanted, which is no more than a window; but it keeps nothing from anybody else, nor
// do the ends of the files.
void torrent_player::leave_windows(memory_disk_io& disk) {
  for (auto& window : m_windows) window.idle = true;
  {
    locked const lock(m_mutex);
    for (auto const& [begin, end] : std::exchange(m_file_ends, {})) m_windows.push_back({begin, begin, end, true});
  }
  m_disk->set_need(*m_storage, {});
  disk.set_file_ends(*m_storage, {});
  disk.set_windows(*m_storage, m_windows);
  // Peers that were kept off while a reader waited are asked again.
  auto const now = clock::now();
  m_scheduler.tick(take_snapshot(now), now);
}

void torrent_player::on_piece_evicted(lt::piece_index_t piece) { m_scheduler.forget(piece); }

void torrent_player::on_piece_failed(lt::piece_index_t piece) {
  locked const lock(m_mutex);
  ++m_failures[piece];
}

// Asking for it again at once would fetch and drop it for as long as there is no space; the next plan wants it again.
// The piece under a head is the exception: there everything else goes first, so space comes as soon as somebody lets a
// block go.
void torrent_player::on_block_dropped(lt::piece_index_t piece) {
  {
    locked const lock(m_mutex);
    m_dropped[piece] = clock::now();
  }
  // Posted, because libtorrent is in the middle of receiving the block. By then a head may be there.
  m_disk->post([weak = weak_from_this(), piece](memory_disk_io&) {
    auto const self = weak.lock();
    if (self && !self->is_under_a_head(piece)) self->m_scheduler.drop(piece);
  });
}

bool torrent_player::is_under_a_head(lt::piece_index_t piece) const {
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
  request_plan();
}

void torrent_player::on_recheck_needed() {
  m_disk->post([weak = weak_from_this()](memory_disk_io&) {
    auto const self = weak.lock();
    if (!self || !self->m_torrent.is_valid()) return;
    recheck_to_make_space(*self->m_disk, self->m_torrent, self->m_storage->geometry().num_pieces());
    self->m_scheduler.forget_all();
    self->request_plan();
  });
}

void torrent_player::want_nothing() {
  auto const pieces = static_cast<std::size_t>(m_storage->geometry().num_pieces());
  m_torrent.prioritize_pieces(std::vector<lt::download_priority_t>(pieces, lt::dont_download));
}

} // namespace memtorrent
