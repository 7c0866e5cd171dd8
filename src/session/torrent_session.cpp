#include "session/torrent_session.hpp"

#include "memtorrent/torrent_stream.hpp"
#include "session/endpoint_text.hpp"
#include "session/printable.hpp"

#include <libtorrent/session_params.hpp>

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace memtorrent::session {

namespace {

using lt::settings_pack;

// A tracker is told that we stop, and may take this long to answer before the command ends without.
constexpr int stop_tracker_timeout_s = 2;

// libtorrent waits this long, times the failures so far, before it tries a lost peer again. Its default of 60 is for
// downloads that nobody watches.
constexpr int min_reconnect_time_s = 5;

settings_pack settings_for(torrent_session_options const& options) {
  settings_pack pack;
  apply_streaming_settings(pack);
  pack.set_str(settings_pack::user_agent, "memtorrent/" MEMTORRENT_VERSION);
  pack.set_str(settings_pack::listen_interfaces, endpoint_text(options.listen));
  // A port that is taken is an error for whoever asked for that port, not a reason to take another one.
  pack.set_bool(settings_pack::listen_system_port_fallback, false);
  pack.set_int(settings_pack::max_retry_port_bind, 0);
  for (auto const setting : {settings_pack::enable_dht, settings_pack::enable_lsd, settings_pack::enable_upnp,
                             settings_pack::enable_natpmp}) {
    pack.set_bool(setting, options.finds_peers);
  }
  // Off unless needed: one peer could take the place of many.
  pack.set_bool(settings_pack::allow_multiple_connections_per_ip, options.peers_share_addresses);
  pack.set_int(settings_pack::stop_tracker_timeout, stop_tracker_timeout_s);
  pack.set_int(settings_pack::min_reconnect_time, min_reconnect_time_s);
  // What `handle` reads: errors of all kinds, metadata and status, peers that come and go, bans.
  pack.set_int(settings_pack::alert_mask, lt::alert_category::error | lt::alert_category::status |
                                              lt::alert_category::connect | lt::alert_category::peer);
  return pack;
}

memory_disk_constructor ram_of(std::int64_t budget_bytes) {
  memory_disk_config config;
  config.budget_bytes = budget_bytes;
  return memory_disk_constructor(config);
}

} // namespace

torrent_session::torrent_session(boost::asio::io_context& io, torrent_session_options const& options,
                                 torrent_session_events events)
    : m_events(std::move(events)),
      m_ram(ram_of(options.budget_bytes)),
      m_self(std::make_shared<torrent_session*>(this)) {
  lt::session_params params(settings_for(options));
  params.disk_io_constructor = m_ram;
  m_session = std::make_unique<lt::session>(std::move(params));
  // Called on libtorrent's threads, with its locks held: nothing may be done there but to say that there is work.
  m_session->set_alert_notify([&io, weak = std::weak_ptr(m_self)] {
    boost::asio::post(io, [weak] {
      if (auto const self = weak.lock()) (*self)->handle_alerts();
    });
  });
}

torrent_session::~torrent_session() { stop(); }

lt::torrent_handle torrent_session::add(lt::add_torrent_params torrent) {
  prepare_for_streaming(torrent);
  // Resumed with peers that it knows, a torrent connects to them at once (torrent::do_connect_boost). One that is added
  // as running would wait for the session's next tick.
  torrent.flags |= lt::torrent_flags::paused;
  bool const has_metadata = torrent.ti != nullptr;
  auto added = m_session->add_torrent(std::move(torrent));
  added.resume();
  // For a magnet link, an alert says when.
  if (has_metadata) m_almost_ready.push_back(added);
  return added;
}

void torrent_session::stop() { m_self.reset(); }

void torrent_session::handle_alerts() {
  std::vector<lt::alert*> alerts;
  m_session->pop_alerts(&alerts);
  for (auto const* alert : alerts) {
    // An event may have stopped this.
    if (m_self) handle(*alert);
  }
}

void torrent_session::handle(lt::alert const& alert) {
  if (auto const* updated = lt::alert_cast<lt::state_update_alert>(&alert)) {
    for (auto const& status : updated->status) m_events.status(status);
  } else if (auto const* received = lt::alert_cast<lt::metadata_received_alert>(&alert)) {
    m_almost_ready.push_back(received->handle);
    check_ready();
  } else if (auto const* listens = lt::alert_cast<lt::listen_succeeded_alert>(&alert)) {
    if (listens->socket_type == lt::socket_type_t::tcp && !std::exchange(m_listens, true)) check_ready();
  } else if (auto const* not_listening = lt::alert_cast<lt::listen_failed_alert>(&alert)) {
    on_listen_failed(*not_listening);
  } else if (lt::alert_cast<lt::add_torrent_alert>(&alert)) {
    check_ready();
  } else if (auto const* connected = lt::alert_cast<lt::peer_connect_alert>(&alert)) {
    m_events.peer_connected(connected->endpoint);
  } else if (auto const* disconnected = lt::alert_cast<lt::peer_disconnected_alert>(&alert)) {
    m_events.peer_disconnected(disconnected->endpoint);
  } else if (auto const* lost = lt::alert_cast<lt::peer_error_alert>(&alert)) {
    m_events.peer_disconnected(lost->endpoint);
  } else if (lt::alert_cast<lt::peer_ban_alert>(&alert)) {
    ++m_peers_banned;
  } else if (auto const* failed = lt::alert_cast<lt::torrent_error_alert>(&alert)) {
    m_events.failed(failed->handle, "the torrent failed: " + printable(failed->error.message()));
  } else if (auto const* disk = lt::alert_cast<lt::file_error_alert>(&alert)) {
    m_events.failed(disk->handle, "the torrent's memory failed: " + printable(disk->error.message()));
  }
}

void torrent_session::on_listen_failed(lt::listen_failed_alert const& alert) const {
  // libtorrent tries again whenever an interface comes or goes, which is no reason to end a stream.
  if (m_listens) return;
  // An interface without an address of the kind does not matter as long as there is another one. A port that is taken
  // matters on each.
  if (alert.error != boost::system::errc::address_in_use && m_session->is_listening()) return;
  throw std::runtime_error("cannot listen for peers on " +
                           endpoint_text({alert.address, static_cast<std::uint16_t>(alert.port)}) + ": " +
                           alert.error.message() + " (--listen takes another one)");
}

void torrent_session::check_ready() {
  if (!m_listens) return;
  for (auto const& torrent : std::exchange(m_almost_ready, {})) m_events.ready(torrent);
}

} // namespace memtorrent::session
