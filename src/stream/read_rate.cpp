#include "stream/read_rate.hpp"

#include "stream/milliseconds_between.hpp"

#include <algorithm>

namespace memtorrent {

namespace {

constexpr std::chrono::seconds bucket_length(10);
// Players and sockets have buffers that last for half a minute and more: who fills them now and then does not pause.
constexpr std::chrono::seconds shortest_player_pause(60);
// What comes in less time is as if it had taken this long: one fast read says little.
constexpr std::chrono::milliseconds shortest(250);

} // namespace

void read_rate::sought(clock::time_point now) {
  m_sought = now;
  m_before = {now, 0};
  m_now = {now, 0};
  m_last = now;
}

void read_rate::read(std::int64_t bytes, clock::time_point now) {
  if (bytes == 0) return;
  if (auto const gap = now - m_last; gap > shortest_player_pause) {
    m_before = {m_now.begin + gap, m_now.bytes};
    m_now = {now, 0};
  } else if (now - m_now.begin >= bucket_length) {
    m_before = m_now;
    m_now = {now, 0};
  }
  m_now.bytes += bytes;
  m_last = now;
}

std::int64_t read_rate::bytes_per_second() const {
  auto const passed = std::max(between(m_before.begin, m_last), shortest);
  auto const bytes = m_now.bytes + (m_before.begin < m_now.begin ? m_before.bytes : 0);
  return bytes * 1000 / passed.count();
}

std::chrono::milliseconds read_rate::since_seek(clock::time_point now) const { return between(m_sought, now); }

} // namespace memtorrent
