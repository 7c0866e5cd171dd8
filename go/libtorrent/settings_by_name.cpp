#include "settings_by_name.hpp"

#include <libtorrent/address.hpp>
#include <libtorrent/error_code.hpp>
#include <libtorrent/settings_pack.hpp>

#include <sstream>

namespace memtorrent::go {

namespace {

using names = lt::settings_pack;

/// The setting of that name and type, or -1.
int find(std::string const& name, int type_base) {
  int const id = lt::setting_by_name(name);
  return id >= 0 && (id & names::type_mask) == type_base ? id : -1;
}

/// Of nodes as `dht_bootstrap_nodes` lists them, those that are addresses: nobody has to look up a name for them.
std::string addresses_among(std::string const& nodes) {
  std::string addresses;
  std::istringstream list(nodes);
  for (std::string node; std::getline(list, node, ',');) {
    node.erase(0, node.find_first_not_of(' '));
    auto host = node.substr(0, node.rfind(':'));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    lt::error_code is_a_name;
    (void)lt::make_address(host, is_a_name);
    if (!is_a_name) addresses += (addresses.empty() ? "" : ",") + node;
  }
  return addresses;
}

} // namespace

void set_bool(settings_pack& settings, std::string const& name, bool value) {
  if (name == "force_proxy") {
    settings.force_proxy = value;
    return;
  }
  int const id = find(name, names::bool_type_base);
  if (id >= 0) settings.pack.set_bool(id, value);
}

void set_int(settings_pack& settings, std::string const& name, int value) {
  constexpr int bittyrant_choker = 3; // settings_pack::choking_algorithm_t of libtorrent 1.x
  int const id = find(name, names::int_type_base);
  if (id == names::choking_algorithm && value == bittyrant_choker) value = names::fixed_slots_choker;
  if (id >= 0) settings.pack.set_int(id, value);
}

void set_str(settings_pack& settings, std::string const& name, std::string const& value) {
  int const id = find(name, names::string_type_base);
  if (id >= 0) settings.pack.set_str(id, value);
}

bool get_bool(settings_pack const& settings, std::string const& name) {
  if (name == "force_proxy") return settings.force_proxy.value_or(false);
  int const id = find(name, names::bool_type_base);
  return id >= 0 && settings.pack.get_bool(id);
}

int get_int(settings_pack const& settings, std::string const& name) {
  int const id = find(name, names::int_type_base);
  return id >= 0 ? settings.pack.get_int(id) : 0;
}

std::string get_str(settings_pack const& settings, std::string const& name) {
  int const id = find(name, names::string_type_base);
  return id >= 0 ? settings.pack.get_str(id) : std::string();
}

void merge_settings(lt::settings_pack& settings, lt::settings_pack const& from) {
  for (int id = names::string_type_base; id < names::max_string_setting_internal; ++id)
    if (from.has_val(id)) settings.set_str(id, from.get_str(id));
  for (int id = names::int_type_base; id < names::max_int_setting_internal; ++id)
    if (from.has_val(id)) settings.set_int(id, from.get_int(id));
  for (int id = names::bool_type_base; id < names::max_bool_setting_internal; ++id)
    if (from.has_val(id)) settings.set_bool(id, from.get_bool(id));
}

void hold_force_proxy(lt::settings_pack& settings, lt::settings_pack const& now) {
  auto const& type_from = settings.has_val(names::proxy_type) ? settings : now;
  auto const& nodes_from = settings.has_val(names::dht_bootstrap_nodes) ? settings : now;
  int const proxy_type = type_from.get_int(names::proxy_type);
  for (int const through_proxy :
       {names::proxy_hostnames, names::proxy_peer_connections, names::proxy_tracker_connections})
    settings.set_bool(through_proxy, true);
  for (int const past_proxy : {names::enable_lsd, names::enable_upnp, names::enable_natpmp})
    settings.set_bool(past_proxy, false);
  // libtorrent looks these names up by itself, whatever the proxy is. (DHT nodes become known by peers, too.)
  settings.set_str(names::dht_bootstrap_nodes, addresses_among(nodes_from.get_str(names::dht_bootstrap_nodes)));
  // Of all kinds of proxy, only these carry UDP.
  if (proxy_type != names::socks5 && proxy_type != names::socks5_pw) settings.set_bool(names::enable_dht, false);
}

} // namespace memtorrent::go
