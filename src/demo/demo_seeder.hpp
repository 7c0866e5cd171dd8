// `memtorrent seed-for-demo`: one peer of the demo's swarm, in a process of its own.

#pragma once

#include <functional>
#include <string>

namespace memtorrent::demo {

struct seed_options {
  std::string torrent_path;
  /// Holds the torrent's files.
  std::string folder;
  int upload_limit_bytes_per_s = 0;
};

/// Seeds on loopback, from the disk as libtorrent does by itself, until the process is killed. `listening` is called
/// once, with the port, when peers can connect. Throws `std::runtime_error` on failure; does not return otherwise.
[[noreturn]] void seed_for_demo(seed_options const& options, std::function<void(int port)> const& listening);

} // namespace memtorrent::demo
