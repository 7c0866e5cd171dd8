// What time alone makes necessary while a torrent is played: ten times a second the player is called, and the peers
// that the torrent has lost are called back.
//
// A peer may leave for a reason that is soon over: a torrent that had everything for a moment was told so to its seeds,
// which have no use for another seed; then the player of another torrent takes half of it away again. libtorrent would
// try such a peer again after two minutes, or, as long as the torrent counts as finished, never. So while pieces are
// wanted and no peer is there, those that are known are tried after 1, 2, 4 seconds and so on.
//
// Thread: all of it on the network thread.

#pragma once

#include <libtorrent/io_context.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace memtorrent {

/// When to try again what failed: after `first`, then after twice as long each time, at most after `longest`.
class retry_clock {
 public:
  retry_clock(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : m_first(first), m_longest(longest) {}

  /// So much more time has passed in which it was needed. True when it is to be tried now.
  bool wait(std::chrono::milliseconds passed);
  /// It is not needed any more.
  void reset();

 private:
  std::chrono::milliseconds const m_first;
  std::chrono::milliseconds const m_longest;
  std::chrono::milliseconds m_delay = m_first;
  std::chrono::milliseconds m_waited{};
};

class watchdog {
 public:
  explicit watchdog(lt::torrent_handle torrent) : m_torrent(std::move(torrent)) {}

  static constexpr std::chrono::milliseconds period{100};

  /// Calls `tick` once a period, until it says that it is not needed any more, or `owner`, of which this is a part, is
  /// gone: it is held meanwhile. Does nothing when it watches already.
  void watch(lt::io_context& network_thread, std::weak_ptr<void> owner, std::function<bool()> tick);
  /// At once, so that the network thread has nothing to wait for.
  void stop();

 private:
  void arm(std::shared_ptr<boost::asio::steady_timer> timer);
  void look();

  lt::torrent_handle const m_torrent;
  std::weak_ptr<void> m_owner;
  std::function<bool()> m_tick;
  // Owned by its handler: the network thread may end, and everything that waits there with it, before this does.
  std::weak_ptr<boost::asio::steady_timer> m_timer;
  // libtorrent's own longest: `settings_pack::min_reconnect_time`.
  retry_clock m_reconnect{std::chrono::seconds(1), std::chrono::seconds(60)};
};

} // namespace memtorrent
