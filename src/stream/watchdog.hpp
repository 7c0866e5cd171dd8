// A timer while a torrent is played. Ten times a second it calls the player, and sees whether the torrent has lost all
// of its peers: then it connects to them again.
//
// Peers may leave for a reason that is soon over. For example: a torrent is complete for a moment, and its seeds leave,
// because they have no use for another seed. Then the player of another torrent takes half of the pieces away again.
// libtorrent would try such a peer again after two minutes; while the torrent counts as finished, never. So while
// pieces are wanted and no peer is connected, the known peers are tried after 1, 2, 4 seconds and so on.
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

  /// Adds time in which a try was needed. True when it is to be tried now.
  bool wait(std::chrono::milliseconds passed);
  /// No try is needed any more.
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

  /// Calls `tick` once a period, until it returns false or `owner` is gone. `owner`, of which this is a part, is held
  /// during each call. Does nothing when it watches already.
  void watch(lt::io_context& network_thread, std::weak_ptr<void> owner, std::function<bool()> tick);
  /// Stops at once, so that the network thread can end.
  void stop();

 private:
  void arm(std::shared_ptr<boost::asio::steady_timer> timer);
  void look();

  lt::torrent_handle const m_torrent;
  std::weak_ptr<void> m_owner;
  std::function<bool()> m_tick;
  // Owned by its handler, because the network thread may end before this does, and all that waits there with it.
  std::weak_ptr<boost::asio::steady_timer> m_timer;
  // The longest delay is libtorrent's default of `settings_pack::min_reconnect_time`.
  retry_clock m_reconnect{std::chrono::seconds(1), std::chrono::seconds(60)};
};

} // namespace memtorrent
