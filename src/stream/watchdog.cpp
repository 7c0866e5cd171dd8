#include "stream/watchdog.hpp"

#include "bridge/reconnect.hpp"

#include <libtorrent/torrent_status.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

bool retry_clock::wait(std::chrono::milliseconds passed) {
  m_waited += passed;
  if (m_waited < m_delay) return false;
  m_delay = std::min(2 * m_delay, m_longest);
  m_waited = {};
  return true;
}

void retry_clock::reset() {
  m_delay = m_first;
  m_waited = {};
}

void watchdog::watch(lt::io_context& network_thread, std::weak_ptr<void> owner, std::function<bool()> tick) {
  if (!m_timer.expired()) return;
  m_owner = std::move(owner);
  m_tick = std::move(tick);
  m_reconnect.reset();
  auto timer = std::make_shared<boost::asio::steady_timer>(network_thread);
  m_timer = timer;
  arm(std::move(timer));
}

void watchdog::stop() {
  if (auto const timer = m_timer.lock()) timer->cancel();
}

void watchdog::arm(std::shared_ptr<boost::asio::steady_timer> timer) {
  timer->expires_after(period);
  auto& waits = *timer;
  waits.async_wait([this, timer = std::move(timer), owner = m_owner](boost::system::error_code cancelled) {
    auto const held = owner.lock();
    if (cancelled || !held || !m_tick()) return;
    look();
    arm(timer);
  });
}

void watchdog::look() {
  if (!m_torrent.is_valid()) return;
  auto const status = m_torrent.status({});
  bool const wants = status.state == lt::torrent_status::downloading && !status.is_finished;
  if (!wants || status.num_peers > 0 || status.list_peers == 0)
    m_reconnect.reset();
  else if (m_reconnect.wait(period))
    reconnect_dropped_peers(m_torrent);
}

} // namespace memtorrent
