#include "session/known_peers.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent::session {

known_peers::known_peers(boost::asio::io_context& io, retry_policy const& policy,
                         std::function<void(endpoint const&)> connect, std::function<void(endpoint const&)> give_up)
    : m_io(io), m_policy(policy), m_connect(std::move(connect)), m_give_up(std::move(give_up)) {}

void known_peers::add(std::vector<endpoint> const& peers) {
  for (auto const& peer : peers) {
    if (m_peers.contains(peer)) continue;
    m_peers[peer].retry = std::make_unique<boost::asio::steady_timer>(m_io);
    m_connect(peer);
  }
}

void known_peers::on_connected(endpoint const& peer, clock::time_point now) {
  if (auto const found = m_peers.find(peer); found != m_peers.end()) found->second.connected_since = now;
}

void known_peers::on_disconnected(endpoint const& peer, clock::time_point now) {
  auto const found = m_peers.find(peer);
  if (found == m_peers.end()) return;
  auto& state = found->second;
  auto const since = std::exchange(state.connected_since, clock::time_point::max());
  if (since != clock::time_point::max() && now - since >= m_policy.lasting) state.failures = 0;
  if (++state.failures >= m_policy.max_failures) {
    m_peers.erase(found);
    m_give_up(peer);
    return;
  }
  auto delay = m_policy.first_delay;
  for (int i = 1; i < state.failures && delay < m_policy.longest_delay; ++i) delay *= 2;
  state.retry->expires_after(std::min(delay, m_policy.longest_delay));
  state.retry->async_wait([this, peer](boost::system::error_code cancelled) {
    if (!cancelled && m_peers.contains(peer)) m_connect(peer);
  });
}

} // namespace memtorrent::session
