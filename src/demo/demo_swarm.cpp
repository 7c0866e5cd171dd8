#include "demo/demo_swarm.hpp"

#include "session/torrent_source.hpp"

#include <libtorrent/alert_types.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent_flags.hpp>

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <utility>

namespace memtorrent::demo {

namespace {

using lt::settings_pack;

settings_pack seed_settings() {
  settings_pack pack;
  pack.set_str(settings_pack::listen_interfaces, "127.0.0.1:0");
  for (auto const setting : {settings_pack::enable_dht, settings_pack::enable_lsd, settings_pack::enable_upnp,
                             settings_pack::enable_natpmp}) {
    pack.set_bool(setting, false);
  }
  // One film, and hashes that are known: more threads would have nothing to do.
  pack.set_int(settings_pack::aio_threads, 1);
  pack.set_int(settings_pack::hashing_threads, 1);
  pack.set_int(settings_pack::alert_mask, lt::alert_category::error | lt::alert_category::status);
  return pack;
}

lt::add_torrent_params seeded_torrent(demo_swarm_options const& options) {
  auto params = session::torrent_of_file(options.torrent_path);
  params.save_path = options.folder;
  params.flags |= lt::torrent_flags::seed_mode;
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  // Of the torrent, because libtorrent holds no session's limit against peers on the same machine.
  params.upload_limit = options.upload_limit_bytes_per_s / options.seeds;
  return params;
}

} // namespace

demo_swarm::demo_swarm(boost::asio::io_context& io, demo_swarm_options const& options,
                       std::function<void(std::vector<boost::asio::ip::tcp::endpoint>)> listening)
    : m_wanted(static_cast<std::size_t>(options.seeds)),
      m_listening(std::move(listening)),
      m_self(std::make_shared<demo_swarm*>(this)) {
  auto const torrent = seeded_torrent(options);
  for (std::size_t i = 0; i < m_wanted; ++i) {
    auto& seed = *m_seeds.emplace_back(std::make_unique<lt::session>(lt::session_params(seed_settings())));
    // Called on libtorrent's threads, with its locks held: nothing may be done there but to say that there is work.
    seed.set_alert_notify([&io, &seed, weak = std::weak_ptr(m_self)] {
      boost::asio::post(io, [&seed, weak] {
        if (auto const self = weak.lock()) (*self)->handle_alerts(seed);
      });
    });
    // With a torrent_info of its own, which a session changes.
    auto own = torrent;
    own.ti = std::make_shared<lt::torrent_info>(*torrent.ti);
    seed.add_torrent(std::move(own));
  }
}

// All at once rather than one after the other: an end is only begun by `abort`.
demo_swarm::~demo_swarm() {
  m_self.reset();
  std::vector<lt::session_proxy> ends;
  for (auto const& seed : m_seeds) ends.push_back(seed->abort());
  m_seeds.clear();
}

void demo_swarm::handle_alerts(lt::session& seed) {
  std::vector<lt::alert*> alerts;
  seed.pop_alerts(&alerts);
  for (auto const* alert : alerts) {
    if (lt::alert_cast<lt::listen_failed_alert>(alert) || lt::alert_cast<lt::torrent_error_alert>(alert)) {
      throw std::runtime_error("a seeder of the demo failed: " + alert->message());
    }
    auto const* listens = lt::alert_cast<lt::listen_succeeded_alert>(alert);
    if (!listens || listens->socket_type != lt::socket_type_t::tcp) continue;
    m_endpoints.emplace_back(listens->address, static_cast<std::uint16_t>(listens->port));
    if (m_endpoints.size() == m_wanted) m_listening(m_endpoints);
  }
}

} // namespace memtorrent::demo
