// Settings by their names, as programs written for libtorrent 1.1 and 1.2 know them.
//
// A name that libtorrent 2.0 does not have, or has with another type, is ignored when it is set, and reads as 0, false
// or empty. So is a name that no libtorrent had, even if it is near one: Elementum's allows_i2p_mixed never did
// anything, and would mix peers that are not in I2P into torrents that are. What 2.0 renamed is carried over, and so is
// what a removed setting promised:
//
//   force_proxy            proxy_hostnames, proxy_peer_connections and proxy_tracker_connections; what cannot go
//                          through a proxy is off: local discovery, UPnP, NAT-PMP, names among the nodes that the DHT
//                          begins with, and the DHT itself unless the proxy is SOCKS5
//   choking_algorithm 3    (BitTyrant) the fixed number of slots
//
// `force_proxy` is a promise about all of the settings, in whatever order they are set, and about those that the
// session has already: `hold_force_proxy` keeps it whenever a session takes some. As in 1.1 it needs a proxy: without
// one, all of that is off as well, but libtorrent 2.0 has nothing that keeps it from peers and trackers.

#pragma once

#include <libtorrent/settings_pack.hpp>

#include <optional>
#include <string>

namespace memtorrent::go {

/// Settings, and what libtorrent 2.0 has no setting for.
struct settings_pack {
  lt::settings_pack pack;
  std::optional<bool> force_proxy;
};

void set_bool(settings_pack& settings, std::string const& name, bool value);
void set_int(settings_pack& settings, std::string const& name, int value);
void set_str(settings_pack& settings, std::string const& name, std::string const& value);
[[nodiscard]] bool get_bool(settings_pack const& settings, std::string const& name);
[[nodiscard]] int get_int(settings_pack const& settings, std::string const& name);
[[nodiscard]] std::string get_str(settings_pack const& settings, std::string const& name);

/// Sets in `settings` what is set in `from`, and leaves the rest.
void merge_settings(lt::settings_pack& settings, lt::settings_pack const& from);

/// Changes `settings`, on top of those that are so `now`, so that nothing is sent to anybody past the proxy. That is
/// not all of 1.1's promise, because libtorrent 2.0 looks up names where no setting keeps it from that (see there:
/// `resolver::async_resolve`): of nodes in .torrent files and of peers whose tracker names them; and unless the proxy
/// is SOCKS5, of UDP trackers, of web seeds, and of HTTP trackers but those without TLS over an HTTP proxy.
void hold_force_proxy(lt::settings_pack& settings, lt::settings_pack const& now);

} // namespace memtorrent::go
