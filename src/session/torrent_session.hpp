// A libtorrent session with its torrents in RAM, whose alerts arrive as events on an io_context.

#pragma once

#include "memtorrent/memory_disk.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/session.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_status.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::session {

struct torrent_session_options {
  std::int64_t budget_bytes = 0;
  lt::tcp::endpoint listen;
  /// DHT, local discovery, and asking the router for a port.
  bool finds_peers = true;
  /// Peers may share an address, as on loopback, and differ by port alone.
  bool peers_share_addresses = false;
};

/// Called one after another on the thread that runs the io_context; none is empty. What they throw comes out of its
/// run.
struct torrent_session_events {
  /// Peers can connect, and the torrent's metadata is there. Once for each.
  std::function<void(lt::torrent_handle const&)> ready;
  std::function<void(lt::torrent_status const&)> status;
  /// libtorrent has stopped the torrent; the sentence says why.
  std::function<void(lt::torrent_handle const&, std::string const& sentence)> failed;
  std::function<void(lt::tcp::endpoint const&)> peer_connected;
  /// Also for a peer that could not be connected to.
  std::function<void(lt::tcp::endpoint const&)> peer_disconnected;
};

/// One thread: the one that runs the io_context, which outlives this.
class torrent_session {
 public:
  /// A failure to listen makes the run of `io` throw `std::runtime_error`.
  torrent_session(boost::asio::io_context& io, torrent_session_options const& options, torrent_session_events events);
  torrent_session(torrent_session const&) = delete;
  torrent_session& operator=(torrent_session const&) = delete;
  /// Takes some seconds at most, when a tracker does not answer.
  ~torrent_session();

  /// Adds a torrent, and connects to the peers that it comes with.
  lt::torrent_handle add(lt::add_torrent_params torrent);

  /// Events of it may still follow that were on their way. REQUIRES: a torrent of this session.
  void remove(lt::torrent_handle const& torrent) { m_session->remove_torrent(torrent); }

  [[nodiscard]] memory_disk disk() const { return m_ram.disk(); }
  [[nodiscard]] int peers_banned() const { return m_peers_banned; }

  /// The status event follows, if anything changed since the last time.
  void request_status() { m_session->post_torrent_updates(); }

  /// Ends the events, after those that are due already. May be called again.
  void stop();

 private:
  void handle_alerts();
  void handle(lt::alert const& alert);
  void on_listen_failed(lt::listen_failed_alert const& alert) const;
  void check_ready();

  torrent_session_events const m_events;
  memory_disk_constructor const m_ram;
  std::unique_ptr<lt::session> m_session;
  // Gone with this, which tells a posted step not to run.
  std::shared_ptr<torrent_session*> m_self;
  bool m_listens = false;
  // Their metadata is there, and nobody was told.
  std::vector<lt::torrent_handle> m_almost_ready;
  int m_peers_banned = 0;
};

} // namespace memtorrent::session
