// What the bench compares: the places where a session can keep its torrent.

#pragma once

#include <libtorrent/session_params.hpp>

#include <string>
#include <vector>

namespace memtorrent::bench {

enum class backend {
  /// libtorrent's `disabled_disk_io` without hash checks: keeps nothing. What network and protocol alone cost, so no
  /// disk I/O can be faster.
  ceiling,
  /// libtorrent's `posix_disk_io` and `mmap_disk_io`, on files in RAM.
  posix,
  mmap,
  /// A budget that holds everything, and a plain download.
  memtorrent,
  /// A small budget, and a reader that consumes the torrent in order.
  memtorrent_windowed,
};

/// In the order in which they are run and shown.
std::vector<backend> const& all_backends();

/// As on the command line and in the output: "memtorrent-windowed".
char const* name_of(backend b);
/// Throws `std::invalid_argument`.
backend backend_named(std::string const& name);

/// The disk I/O of libtorrent's own backends. REQUIRES: not one of memtorrent's.
lt::disk_io_constructor_type disk_of(backend b);

} // namespace memtorrent::bench
