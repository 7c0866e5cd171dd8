#include "session/budget_check.hpp"

#include "memtorrent/block_ref.hpp"
#include "memtorrent/memory_disk.hpp"
#include "session/byte_size.hpp"

#include <algorithm>
#include <stdexcept>

namespace memtorrent::session {

void check_budget(lt::torrent_info const& torrent, std::int64_t budget_bytes) {
  auto const all_blocks = (torrent.total_size() + block_size_bytes - 1) / block_size_bytes;
  auto const needed = std::min(minimum_budget_bytes(torrent.piece_length()), all_blocks * block_size_bytes);
  if (budget_bytes >= needed) return;
  throw std::runtime_error(
      "a budget of " + readable_size(budget_bytes) + " is too small for this torrent, whose pieces have " +
      readable_size(torrent.piece_length()) + " each: --budget " + byte_size_argument(needed) + " would do");
}

} // namespace memtorrent::session
