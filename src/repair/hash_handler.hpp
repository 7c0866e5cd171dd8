// Who is told the hash of a piece.

#pragma once

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/sha1_hash.hpp>
#include <libtorrent/units.hpp>

#include <functional>

namespace memtorrent {

/// libtorrent's own, as `disk_interface::async_hash` takes it. It owns the memory that v2 hashes are written into, so
/// it is moved, never copied.
using hash_handler = std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)>;

/// Runs after the hash handler. False: the hash was cancelled.
using answered_handler = std::function<void(bool was_hashed)>;

} // namespace memtorrent
