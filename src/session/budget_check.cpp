#include "session/budget_check.hpp"

#include "cache/piece_geometry.hpp"
#include "session/byte_size.hpp"

#include <stdexcept>

namespace memtorrent::session {

void check_budget(lt::torrent_info const& torrent, std::int64_t budget_bytes) {
  auto const needed = piece_geometry(torrent.files()).least_budget_bytes();
  if (budget_bytes >= needed) return;
  throw std::runtime_error(
      "a budget of " + readable_size(budget_bytes) + " is too small for this torrent, whose pieces have " +
      readable_size(torrent.piece_length()) + " each: --budget " + byte_size_argument(needed) + " would do");
}

} // namespace memtorrent::session
