// The player's status: its readers' buffers and rates, and what they wait for.

#include "stream/torrent_player.hpp"

#include "bridge/peer_bridge.hpp"
#include "stream/milliseconds_between.hpp"
#include "stream/stall_forecast.hpp"
#include "stream/why_waiting.hpp"

#include <libtorrent/torrent_info.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

using std::chrono::milliseconds;

// For this long after a block was dropped, the reason to wait is `no_space`.
constexpr std::chrono::seconds dropped_recently(2);

} // namespace

void torrent_player::set_duration(lt::file_index_t file, milliseconds duration, boost::system::error_code& ec) {
  if (!has_file(file)) {
    ec = errc::no_such_file;
    return;
  }
  ec.clear();
  {
    locked const lock(m_mutex);
    m_durations[file] = duration;
  }
  plan_soon();
}

std::int64_t torrent_player::film_bytes_per_second(play_head const& head) const {
  auto const known = m_durations.find(head.file_index);
  if (known == m_durations.end() || known->second.count() <= 0) return 0;
  // No film has more: a duration that gives more is wrong.
  constexpr std::int64_t most = std::int64_t{1} << 30;
  return std::min((head.file.end - head.file.begin) * 1000 / known->second.count(), most);
}

std::int64_t torrent_player::buffered_bytes(play_head const& head) const {
  auto const& geometry = m_storage->geometry();
  std::int64_t end = head.position;
  while (end < head.file.end && m_storage->has_passed(geometry.piece_at(end)))
    end = geometry.offset_of(geometry.piece_at(end)) + geometry.piece_length_bytes();
  return std::min(end, head.file.end) - head.position;
}

std::int64_t torrent_player::buffered_bytes() const {
  locked const lock(m_mutex);
  auto const newest = std::max_element(m_heads.begin(), m_heads.end(),
                                       [](auto const& a, auto const& b) { return a->seek_number < b->seek_number; });
  return newest == m_heads.end() ? 0 : buffered_bytes(**newest);
}

std::vector<reader_status> torrent_player::status() const {
  auto const now = clock::now();
  std::vector<reader_status> readers;
  locked const lock(m_mutex);
  int weights = 0;
  for (auto const& head : snapshot(now).heads) weights += head.idle ? 0 : weight_of(head);
  for (auto const& head : m_heads)
    if (head->seek_number > 0 && head->preload_bytes == 0)
      readers.push_back(status_of(*head, std::max(weights, 1), now));
  return readers;
}

reader_status torrent_player::status_of(play_head const& head, int weights, clock::time_point now) const {
  reader_status s;
  s.file = head.file_index;
  s.offset = head.position - head.file.begin;
  s.idle = is_idle(head, now);
  s.buffered_bytes = buffered_bytes(head);
  auto const seen = snapshot_of(head, now);
  s.drain_bytes_per_s = seen.film_bytes_per_second > 0 ? seen.film_bytes_per_second : seen.bytes_per_second;
  s.fill_bytes_per_s = seen.idle ? 0 : m_fill_bytes_per_s * weight_of(seen) / weights;
  s.buffered_time = memtorrent::buffered_time(s.buffered_bytes, s.drain_bytes_per_s);
  s.stalls_in =
      memtorrent::stalls_in(s.buffered_bytes, head.file.end - head.position, s.fill_bytes_per_s, s.drain_bytes_per_s);
  if (head.waiting) {
    s.wait = head.wait;
    s.wait.time = between(head.waiting_since, now);
  }
  return s;
}

// Cheap: few reads wait, and there are few peers. It takes some microseconds.
void torrent_player::look_at_waits(clock::time_point now) {
  auto const torrent = m_torrent.native_handle();
  if (!torrent) return;
  locked const lock(m_mutex);
  m_fill_bytes_per_s = peer_bridge::download_rate(*torrent);
  for (auto const& head : m_heads) head->wait = head->waiting ? wait_of(*head, *torrent, now) : wait_status();
}

wait_status torrent_player::wait_of(play_head& head, lt::torrent& torrent, clock::time_point now) {
  wait_status wait;
  wait.piece = m_storage->geometry().piece_at(head.position);
  wanted_piece_state state;
  state.supply = peer_bridge::supply_of(torrent, wait.piece);
  state.is_complete = m_storage->is_complete(wait.piece);
  state.has_space = head.has_space;
  auto const dropped = m_dropped.find(wait.piece);
  state.was_dropped = dropped != m_dropped.end() && now - dropped->second < dropped_recently;
  wait.reason = why_waiting(state);
  auto const failures = m_failures.find(wait.piece);
  wait.failures = failures == m_failures.end() ? 0 : failures->second;
  if (wait.reason != wait_reason::requested) return wait;
  wait.peer = state.supply.owes_most;
  wait.blocks = state.supply.blocks_owed;
  bool const is_the_same =
      head.wait.reason == wait_reason::requested && head.wait.peer == wait.peer && head.wait.piece == wait.piece;
  if (!is_the_same) head.owed_since = now;
  wait.owed = between(head.owed_since, now);
  return wait;
}

} // namespace memtorrent
