// Hash workers hold blocks for a moment after libtorrent has its answers. What is to be seen at once waits for them.

#pragma once

#include "disk/memory_disk_state.hpp"
#include "memtorrent/memory_disk.hpp"
#include "support/event_count.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace memtorrent::test {

/// Returns when workers have hashed all that they were told of. Call it before pieces go: those no longer count.
inline void wait_for_workers(memory_disk const& disk) {
  auto const limit = std::chrono::steady_clock::now() + patience;
  while (disk.state()->arena()->unhashed_bytes() > 0) {
    if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the hash workers do not come to an end");
    std::this_thread::yield();
  }
}

} // namespace memtorrent::test
