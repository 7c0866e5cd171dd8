#include "demo/demo_seeder.hpp"

#include "session/torrent_source.hpp"

#include <libtorrent/alert_types.hpp>
#include <libtorrent/session.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent_flags.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

namespace memtorrent::demo {

namespace {

using lt::settings_pack;

settings_pack seeder_settings() {
  settings_pack pack;
  pack.set_str(settings_pack::listen_interfaces, "127.0.0.1:0");
  for (auto const setting : {settings_pack::enable_dht, settings_pack::enable_lsd, settings_pack::enable_upnp,
                             settings_pack::enable_natpmp}) {
    pack.set_bool(setting, false);
  }
  pack.set_int(settings_pack::alert_mask, lt::alert_category::error | lt::alert_category::status);
  return pack;
}

lt::add_torrent_params seeded_torrent(seed_options const& options) {
  auto params = session::torrent_of_file(options.torrent_path);
  params.save_path = options.folder;
  params.flags |= lt::torrent_flags::seed_mode;
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  // Of the torrent, because libtorrent holds no session's limit against peers on the same machine.
  params.upload_limit = options.upload_limit_bytes_per_s;
  return params;
}

} // namespace

void seed_for_demo(seed_options const& options, std::function<void(int port)> const& listening) {
  lt::session seed{lt::session_params(seeder_settings())};
  seed.add_torrent(seeded_torrent(options));
  for (;;) {
    seed.wait_for_alert(std::chrono::hours(1));
    std::vector<lt::alert*> alerts;
    seed.pop_alerts(&alerts);
    for (auto const* alert : alerts) {
      auto const* listens = lt::alert_cast<lt::listen_succeeded_alert>(alert);
      if (listens && listens->socket_type == lt::socket_type_t::tcp) listening(listens->port);
      if (lt::alert_cast<lt::listen_failed_alert>(alert) || lt::alert_cast<lt::torrent_error_alert>(alert)) {
        throw std::runtime_error("a seeder of the demo failed: " + alert->message());
      }
    }
  }
}

} // namespace memtorrent::demo
