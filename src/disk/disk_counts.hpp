// What happened to pieces, blocks and peers since the session began (memory_stats).

#pragma once

#include "repair/piece_repairs.hpp"

#include <atomic>
#include <cstdint>

namespace memtorrent {

/// Written on the network thread, read on any.
struct disk_counts {
  std::atomic<std::int64_t> complete_pieces_evicted{0};
  std::atomic<std::int64_t> partial_pieces_evicted{0};
  std::atomic<std::int64_t> blocks_dropped{0};
  repair_counts repairs;
};

} // namespace memtorrent
