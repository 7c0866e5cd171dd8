#include "stream/request_limits.hpp"

#include "memtorrent/block_ref.hpp"
#include "stream/milliseconds_between.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace memtorrent {

namespace {

// A rate is measured over a period.
constexpr std::chrono::milliseconds period(250);
// The usual rate is that of the last two seconds in which the peer owed blocks.
constexpr std::chrono::seconds remembered(2);
// A peer has outstanding what it sends in this time: the least at first, more after each pause, less after each period.
constexpr int least_outstanding_ms = 350;
constexpr int most_outstanding_ms = 1000;
constexpr int raised_by_ms = 200; // with each pause
constexpr int lowered_by_ms = 5;  // each period
// A pause is longer than both: this, and what the peer needs for three blocks.
constexpr std::chrono::milliseconds shortest_pause(150);
constexpr int shortest_pause_blocks = 3;
// A peer has this many outstanding at least. More than one, so that it has something to send after a pause. Fewer while
// a reader waits, so that a slow peer holds as little as possible of what is waited for.
constexpr std::int64_t fewest_blocks = 4;
constexpr std::int64_t fewest_urgent_blocks = 2;
// The same of a peer that is not known yet. libtorrent asks it for one more with each block that comes.
constexpr int blocks_to_begin_with = 8;
// How many time-critical blocks libtorrent requests of a peer that has `fewest_urgent_blocks` outstanding
// (peer_connection::can_request_time_critical: up to one more than twice of them).
constexpr std::int64_t most_time_critical_blocks = 2 * fewest_urgent_blocks + 1;
// How much is taken to be left at the least, and the grace, in the formula of request_limits.hpp.
constexpr std::int64_t least_left_bytes = std::int64_t{2} * 1024 * 1024;
constexpr std::chrono::milliseconds grace(100);

std::chrono::milliseconds time_of(std::int64_t bytes, std::int64_t bytes_per_second) {
  return std::chrono::milliseconds(bytes * 1000 / std::max<std::int64_t>(bytes_per_second, 1));
}

} // namespace

void peer_rate::update(sender const& peer, clock::time_point now) {
  auto const sent = peer.received_bytes - std::exchange(m_last_received_bytes, peer.received_bytes);
  bool const is_new = m_silent_since == clock::time_point();
  if (sent > 0 || peer.requested_blocks == 0 || is_new) {
    m_silent_since = now;
    m_pauses = false;
  }
  // It is measured from its first block on. Before that it may have choked us for a long time.
  if (m_received_bytes == 0) {
    m_since = m_counted = now;
    m_received_bytes = peer.received_bytes;
    m_owes = peer.requested_blocks > 0;
    return;
  }
  count(sent, peer.requested_blocks > 0, now);
  watch_for_pauses(now);
  auto const passed = between(m_since, now);
  if (passed < period) return;
  auto const rate = (peer.received_bytes - m_received_bytes) * 1000 / passed.count();
  // Less may have come only because the window was full, and less was requested. That says nothing about the line. So
  // a rate falls by an eighth at most, and stays as it is while nothing comes.
  if (rate > 0) m_rate = std::max(rate, m_rate - m_rate / 8);
  m_outstanding_ms = std::max(m_outstanding_ms - lowered_by_ms, least_outstanding_ms);
  m_since = now;
  m_received_bytes = peer.received_bytes;
}

void peer_rate::count(std::int64_t bytes, bool owes_more, clock::time_point now) {
  if (std::exchange(m_owes, owes_more)) m_busy += now - m_counted;
  m_busy_bytes += bytes;
  m_counted = now;
  if (m_busy <= remembered) return;
  m_busy /= 2;
  m_busy_bytes /= 2;
}

std::int64_t peer_rate::usual_bytes_per_second() const noexcept {
  auto const busy = std::chrono::duration_cast<std::chrono::milliseconds>(m_busy);
  return m_rate < 0 || busy < period ? m_rate : m_busy_bytes * 1000 / busy.count();
}

void peer_rate::watch_for_pauses(clock::time_point now) {
  auto const time_of_blocks = time_of(std::int64_t{shortest_pause_blocks} * block_size_bytes, m_rate);
  bool const pauses = m_rate > 0 && between(m_silent_since, now) > std::max(shortest_pause, time_of_blocks);
  if (pauses && !std::exchange(m_pauses, true))
    m_outstanding_ms = std::min(m_outstanding_ms + raised_by_ms, most_outstanding_ms);
}

std::int64_t peer_rate::blocks_outstanding(std::int64_t fewest) const noexcept {
  if (m_rate < 0) return std::numeric_limits<std::int64_t>::max();
  return std::max(m_rate * m_outstanding_ms / 1000 / block_size_bytes, fewest);
}

std::optional<std::chrono::milliseconds> request_limits::time_for(std::int64_t bytes) const {
  std::int64_t all = 0;
  for (auto const& [peer, rate] : m_rates) all += std::max<std::int64_t>(rate.bytes_per_second(), 0);
  if (all == 0) return std::nullopt;
  return time_of(bytes, all);
}

std::vector<known_sender> request_limits::known(swarm_controls const& swarm, lt::piece_index_t piece,
                                                peer_rate::clock::time_point now) const {
  std::vector<known_sender> all;
  for (auto const& sender : swarm.senders())
    if (auto const rate = m_rates.find(sender.peer); rate != m_rates.end())
      all.push_back({sender.peer, swarm.may_be_asked(sender.peer, piece), rate->second.usual_bytes_per_second(),
                     sender.requested_blocks, between(rate->second.silent_since(), now)});
  return all;
}

std::set<peer_handle> request_limits::too_slow_for(std::int64_t urgent_bytes,
                                                   std::vector<sender> const& senders) const {
  std::vector<std::pair<std::int64_t, peer_handle>> by_rate;
  for (auto const& sender : senders)
    if (auto const& rate = m_rates.at(sender.peer); rate.bytes_per_second() >= 0)
      by_rate.emplace_back(rate.usual_bytes_per_second(), sender.peer);
  // Equals stay in the order of the senders, so that nothing depends on where connections are in memory.
  std::stable_sort(by_rate.begin(), by_rate.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
  std::set<peer_handle> too_slow;
  std::int64_t of_faster_ones = 0;
  for (auto const& [rate, peer] : by_rate) {
    auto const time_of_blocks = [&, rate = rate](std::int64_t blocks) {
      return time_of(blocks * block_size_bytes, rate);
    };
    bool const is_too_slow =
        of_faster_ones > 0 &&
        (time_of_blocks(fewest_urgent_blocks) > 2 * time_of(urgent_bytes, of_faster_ones) + grace ||
         time_of_blocks(most_time_critical_blocks) >
             time_of(std::max(urgent_bytes, least_left_bytes), of_faster_ones) + grace);
    if (is_too_slow)
      too_slow.insert(peer);
    else
      of_faster_ones += rate;
  }
  return too_slow;
}

void request_limits::set(swarm_controls& swarm, int missing_blocks, std::int64_t urgent_bytes,
                         peer_rate::clock::time_point now) {
  auto const senders = swarm.senders();
  std::map<peer_handle, peer_rate> rates;
  for (auto const& sender : senders) {
    auto const known = m_rates.find(sender.peer);
    auto& rate = rates.emplace(sender.peer, known == m_rates.end() ? peer_rate() : known->second).first->second;
    rate.update(sender, now);
  }
  m_rates = std::move(rates);

  bool const is_urgent = urgent_bytes > 0 && time_for(urgent_bytes);
  auto const fewest = is_urgent ? fewest_urgent_blocks : fewest_blocks;
  auto const too_slow = is_urgent ? too_slow_for(urgent_bytes, senders) : std::set<peer_handle>();
  for (auto const& sender : senders) {
    auto const& rate = m_rates.at(sender.peer);
    auto const share = static_cast<std::int64_t>(missing_blocks / 2) / static_cast<std::int64_t>(senders.size());
    auto const limit = std::min(share, rate.blocks_outstanding(fewest));
    auto const most = too_slow.count(sender.peer) ? 0 : static_cast<int>(std::max(limit, fewest));
    swarm.limit_requests(sender.peer, std::min(rate.bytes_per_second() < 0 ? blocks_to_begin_with : most, most), most);
  }
}

} // namespace memtorrent
