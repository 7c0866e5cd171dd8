#include "stream_bench/line.hpp"

#include <algorithm>

namespace memtorrent::bench {

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

moment time_for(std::int64_t bytes, std::int64_t bits_per_s) { return moment(bytes * 8 * ns_per_s / bits_per_s); }

} // namespace

std::optional<moment> line::send(std::int64_t packet_bytes, moment now) {
  if (m_shape.bits_per_s == 0) return now;
  // What waits is known by how long it takes: no packet has to be remembered.
  auto const waiting = std::max(m_free_at - now, moment(0));
  if (waiting + time_for(packet_bytes, m_shape.bits_per_s) > time_for(m_shape.queue_bytes, m_shape.bits_per_s))
    return std::nullopt;
  m_free_at = now + waiting + time_for(packet_bytes, m_shape.bits_per_s);
  return m_free_at;
}

} // namespace memtorrent::bench
