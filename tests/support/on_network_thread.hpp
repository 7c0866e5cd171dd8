#pragma once

#include "disk/memory_disk_state.hpp"
#include "support/swarm.hpp"

#include <libtorrent/torrent.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

namespace memtorrent::test {

/// Runs `work` on the player's network thread with its torrent, and returns what it returned.
template <typename Work>
auto on_network_thread(film_player& player, Work work) {
  auto const task = std::make_shared<std::packaged_task<decltype(work(std::declval<lt::torrent&>()))()>>(
      [&] { return work(*player.torrent.native_handle()); });
  auto result = task->get_future();
  if (!player.disk.state()->network()->post([task] { (*task)(); })) throw std::logic_error("the session is closed");
  return result.get();
}

} // namespace memtorrent::test
