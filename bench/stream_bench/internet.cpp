#include "stream_bench/internet.hpp"

#include <utility>

namespace memtorrent::bench {

namespace {

// RFC 791, section 3.1.
constexpr std::size_t header_bytes = 20;
constexpr std::size_t destination_offset = 16;

std::optional<std::uint32_t> destination_of(packet const& bytes) {
  if (bytes.size() < header_bytes || bytes[0] >> 4 != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (std::size_t i = 0; i < 4; ++i) address = address << 8 | bytes[destination_offset + i];
  return address;
}

} // namespace

internet::internet(std::vector<host_shape> const& hosts, std::uint64_t seed) : m_chance(seed) {
  for (auto const& shape : hosts)
    m_hosts.push_back(
        {shape.address, line(shape.up), line(shape.down), shape.delay, std::bernoulli_distribution(shape.loss)});
}

void internet::send(std::size_t from, packet bytes, moment now) {
  auto const to = receiver_of(bytes);
  if (!to) return;
  auto& sender = m_hosts[from];
  if (sender.is_lost(m_chance)) return;
  auto const is_up = sender.up.send(static_cast<std::int64_t>(bytes.size()), now);
  if (!is_up) return;
  auto const due = *is_up + sender.delay + m_hosts[*to].delay;
  m_under_way.emplace(turn(due, m_sent++), packet_under_way{*to, false, std::move(bytes)});
}

std::optional<moment> internet::next() const {
  if (m_under_way.empty()) return std::nullopt;
  return m_under_way.begin()->first.first;
}

void internet::run(moment now, std::function<void(std::size_t to, packet const&)> const& deliver) {
  while (!m_under_way.empty() && m_under_way.begin()->first.first <= now) {
    auto one = m_under_way.extract(m_under_way.begin());
    auto& due = one.key().first;
    auto& [to, is_behind_last_line, bytes] = one.mapped();
    if (is_behind_last_line) {
      deliver(to, bytes);
      continue;
    }
    auto& receiver = m_hosts[to];
    if (receiver.is_lost(m_chance)) continue;
    auto const is_down = receiver.down.send(static_cast<std::int64_t>(bytes.size()), due);
    if (!is_down) continue;
    due = *is_down;
    is_behind_last_line = true;
    m_under_way.insert(std::move(one));
  }
}

std::optional<std::size_t> internet::receiver_of(packet const& bytes) const {
  auto const destination = destination_of(bytes);
  for (std::size_t i = 0; i < m_hosts.size(); ++i)
    if (destination == m_hosts[i].address) return i;
  return std::nullopt;
}

} // namespace memtorrent::bench
