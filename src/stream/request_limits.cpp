#include "stream/request_limits.hpp"

#include "disk/peer_bridge.hpp"
#include "memtorrent/block_ref.hpp"

#include <algorithm>
#include <limits>

namespace memtorrent {

namespace {

constexpr int outstanding_ms = 350;
// A peer that pauses is to start again with more than one request; and a slow one does not take long over these.
constexpr std::int64_t fewest_blocks = 4;

} // namespace

void peer_rate::update(std::int64_t received_bytes, clock::time_point now) {
  // Counted from the first block on: before that it may have choked us for long.
  if (m_before_bytes == 0) {
    m_since = now;
    m_before_bytes = received_bytes;
    return;
  }
  auto const passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - m_since);
  if (passed < period) return;
  auto const rate = (received_bytes - m_before_bytes) * 1000 / passed.count();
  // A window that was full for a while says nothing about the line: forget slowly, and nothing while nothing comes.
  if (rate > 0) m_rate = std::max(rate, m_rate - m_rate / 8);
  m_since = now;
  m_before_bytes = received_bytes;
}

std::int64_t peer_rate::blocks_outstanding() const noexcept {
  if (m_rate < 0) return std::numeric_limits<std::int64_t>::max();
  return std::max(m_rate * outstanding_ms / 1000 / block_size_bytes, fewest_blocks);
}

void request_limits::set(lt::torrent& torrent, int missing_blocks, peer_rate::clock::time_point now) {
  auto const senders = peer_bridge::senders(torrent);
  std::map<void const*, peer_rate> rates;
  for (auto const& sender : senders) {
    auto const known = m_rates.find(sender.peer);
    auto& rate = rates.emplace(sender.peer, known == m_rates.end() ? peer_rate() : known->second).first->second;
    rate.update(sender.received_bytes, now);
    auto const share = static_cast<std::int64_t>(missing_blocks / 2) / static_cast<std::int64_t>(senders.size());
    peer_bridge::limit_requests(*sender.peer, static_cast<int>(std::min(share, rate.blocks_outstanding())));
  }
  m_rates = std::move(rates);
}

} // namespace memtorrent
