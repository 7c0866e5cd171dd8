// What both processes set in their session, the same for every backend.

#pragma once

#include <libtorrent/settings_pack.hpp>

namespace memtorrent::bench {

void apply_transfer_settings(lt::settings_pack& pack);

} // namespace memtorrent::bench
