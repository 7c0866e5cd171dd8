// Info hashes as they are written: the names of torrents in addresses.

#pragma once

#include <libtorrent/info_hash.hpp>

#include <string>
#include <vector>

namespace memtorrent::session {

/// The one by which a torrent is named: 40 hexadecimal digits, lower case. Of a torrent that has a v2 hash they are the
/// first of that. Pure; any thread.
std::string info_hash_text(lt::info_hash_t const& hashes);

/// All that it may be asked for by: that one, all of v1's 40 digits, and all of v2's 64. Pure; any thread.
std::vector<std::string> info_hash_texts(lt::info_hash_t const& hashes);

} // namespace memtorrent::session
