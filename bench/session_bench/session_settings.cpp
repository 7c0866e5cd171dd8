#include "session_bench/session_settings.hpp"

namespace memtorrent::bench {

void apply_transfer_settings(lt::settings_pack& pack) {
  using lt::settings_pack;
  pack.set_bool(settings_pack::enable_incoming_utp, false);
  pack.set_bool(settings_pack::enable_outgoing_utp, false);
  // The connection is to be there when both have everything: that it was lost would be a failure.
  pack.set_bool(settings_pack::close_redundant_connections, false);
}

} // namespace memtorrent::bench
