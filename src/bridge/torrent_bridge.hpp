// What is known of a torrent inside libtorrent, for rooms that do not include its private headers.
//
// Thread: all of it on the network thread.

#pragma once

#include <libtorrent/fwd.hpp>
#include <libtorrent/sha1_hash.hpp>
#include <libtorrent/units.hpp>

namespace libtorrent {
struct torrent;
} // namespace libtorrent

namespace memtorrent::torrent_bridge {

bool has_metadata(lt::torrent const& torrent);

/// What the metadata says the SHA-1 of a piece is; all zeros if the torrent has no v1 hashes.
/// REQUIRES: `has_metadata`.
lt::sha1_hash right_hash(lt::torrent const& torrent, lt::piece_index_t piece);

} // namespace memtorrent::torrent_bridge
