#include "stream_sim/simulated_viewer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace memtorrent::sim {

namespace {

constexpr double start_s = 0.5;
constexpr double buffer_s = 3;
constexpr auto tick_period = 100ms;
constexpr auto hashing = 1ms;

} // namespace

simulated_viewer::simulated_viewer(event_loop& loop, film_shape const& film, window_policy const& policy)
    : m_loop(loop),
      m_film(film),
      m_swarm(loop, film.piece_length_bytes,
              [this](int piece) { m_loop.after(hashing, [this, piece] { on_piece(piece); }); }),
      m_scheduler(m_swarm, policy),
      m_at(loop.now()) {
  m_loop.after(tick_period, [this] { tick(); });
}

int simulated_viewer::piece_of(std::int64_t position) const {
  return std::min(static_cast<int>(position / m_film.piece_length_bytes), m_film.pieces - 1);
}

torrent_snapshot simulated_viewer::snapshot() const {
  torrent_snapshot s;
  s.share_bytes = m_film.budget_bytes;
  s.piece_length_bytes = m_film.piece_length_bytes;
  s.is_untried = m_there.empty();
  s.is_there = [this](lt::piece_index_t piece) { return m_there.count(static_cast<int>(piece)) > 0; };
  s.is_begun = [this](lt::piece_index_t piece) { return m_swarm.is_begun(static_cast<int>(piece)); };
  head_snapshot head;
  head.piece = lt::piece_index_t(piece_of(m_position));
  head.end_of_file = lt::piece_index_t(m_film.pieces);
  head.waiting = m_waiting;
  head.missing_bytes = m_waiting ? m_swarm.missing_bytes(piece_of(m_position)) : 0;
  head.bytes_into_piece = m_position % m_film.piece_length_bytes;
  head.bytes_per_second = m_read.bytes_per_second();
  head.since_seek_ms = m_read.since_seek(m_loop.now()).count();
  s.heads.push_back(head);
  return s;
}

void simulated_viewer::plan() {
  m_planned = m_loop.now();
  m_windows = m_scheduler.plan(snapshot(), m_loop.now());
  for (auto const& window : m_windows) {
    std::int64_t const behind = std::distance(m_there.lower_bound(static_cast<int>(window.begin)),
                                              m_there.lower_bound(static_cast<int>(window.head)));
    std::int64_t const ahead = static_cast<int>(window.end) - static_cast<int>(window.head);
    m_widest_window_bytes = std::max(m_widest_window_bytes, (behind + ahead) * m_film.piece_length_bytes);
  }
}

void simulated_viewer::seek(std::int64_t position) {
  advance();
  m_picture = picture::starts;
  m_buffered = 0;
  m_position = position;
  m_read.sought(m_loop.now());
  m_sought = m_loop.now();
  m_waiting = m_there.count(piece_of(position)) == 0;
  plan();
  read();
}

void simulated_viewer::on_piece(int piece) {
  m_there[piece] = ++m_uses;
  make_space();
  bool const needs_plan = m_scheduler.has_deadline(lt::piece_index_t(piece)) || m_there.size() == 1;
  read();
  if (needs_plan) plan();
}

// What is there, as far as the player's buffer has room.
void simulated_viewer::read() {
  advance();
  auto const room = buffer_s * m_film.bytes_per_s - m_buffered;
  std::int64_t taken = 0;
  int const first = piece_of(m_position);
  while (static_cast<double>(taken) < room) {
    int const piece = piece_of(m_position + taken);
    if (m_there.count(piece) == 0) break;
    m_there[piece] = ++m_uses;
    auto const left = m_film.piece_length_bytes - (m_position + taken) % m_film.piece_length_bytes;
    taken += std::min<std::int64_t>(left, static_cast<std::int64_t>(room) - taken + 1);
  }
  m_position += taken;
  m_read.read(taken, m_loop.now());
  m_buffered += static_cast<double>(taken);
  m_seen.watched_bytes += static_cast<double>(taken);
  bool const was_waiting = std::exchange(m_waiting, m_there.count(piece_of(m_position)) == 0 && room > 0);
  if (taken > 0 && m_sought)
    m_seen.waits.push_back(
        std::chrono::duration_cast<std::chrono::milliseconds>(m_loop.now() - *std::exchange(m_sought, std::nullopt)));
  if (m_buffered >= start_s * m_film.bytes_per_s) m_picture = picture::moves;
  if (piece_of(m_position) != first || was_waiting != m_waiting) plan();
}

void simulated_viewer::advance() {
  auto elapsed_s = std::chrono::duration<double>(m_loop.now() - std::exchange(m_at, m_loop.now())).count();
  if (m_picture == picture::moves) {
    auto const played_s = std::min(elapsed_s, m_buffered / m_film.bytes_per_s);
    m_buffered -= played_s * m_film.bytes_per_s;
    elapsed_s -= played_s;
    if (elapsed_s > 1e-9) {
      m_picture = picture::stalls;
      ++m_seen.stalls;
    }
  }
  if (m_picture == picture::stalls)
    m_seen.stalled += std::chrono::milliseconds(static_cast<std::int64_t>(elapsed_s * 1000));
}

void simulated_viewer::tick() {
  read();
  m_swarm.tick();
  if (m_loop.now() - m_planned >= 1s && !m_windows.empty())
    plan();
  else if (!m_windows.empty())
    m_scheduler.tick(snapshot(), m_loop.now());
  m_loop.after(tick_period, [this] { tick(); });
}

void simulated_viewer::make_space() {
  auto const bytes = [this] { return static_cast<std::int64_t>(m_there.size()) * m_film.piece_length_bytes; };
  while (bytes() > m_film.budget_bytes) {
    auto const rank = [this](auto const& there) {
      return rank_piece(lt::piece_index_t(there.first), m_film.piece_length_bytes, m_windows, there.second);
    };
    auto const first = std::min_element(m_there.begin(), m_there.end(),
                                        [&](auto const& a, auto const& b) { return rank(a) < rank(b); });
    m_swarm.forget(first->first);
    m_scheduler.forget(lt::piece_index_t(first->first));
    m_there.erase(first);
  }
}

std::int64_t simulated_viewer::window_bytes() const {
  std::int64_t bytes = 0;
  for (int piece = piece_of(m_position); m_there.count(piece) > 0; ++piece) bytes += m_film.piece_length_bytes;
  return std::max<std::int64_t>(bytes - m_position % m_film.piece_length_bytes, 0);
}

} // namespace memtorrent::sim
