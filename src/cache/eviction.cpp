#include "cache/eviction.hpp"

#include <algorithm>
#include <cstdlib>

namespace memtorrent {

piece_rank rank_in_window(lt::piece_index_t piece, int piece_length_bytes, play_window const& window) noexcept {
  int const ahead_by = static_cast<int>(piece) - static_cast<int>(window.head);
  bool const is_nearest = window.idle || window.head_reason == keep_reason::pinned;
  std::int64_t const pieces_away = std::abs(ahead_by) + (is_nearest ? 0 : 1);
  std::int64_t const nearness = -pieces_away * piece_length_bytes;
  if (window.idle) return {keep_reason::idle_window, nearness};
  if (ahead_by == 0) return {window.head_reason, nearness};
  return {ahead_by < 0 ? keep_reason::look_behind : keep_reason::look_ahead, nearness};
}

piece_rank rank_piece(lt::piece_index_t piece, int piece_length_bytes, std::vector<play_window> const& windows,
                      std::int64_t last_use) noexcept {
  piece_rank best{keep_reason::none, last_use};
  for (auto const& window : windows)
    if (piece >= window.begin && piece < window.end)
      best = std::max(best, rank_in_window(piece, piece_length_bytes, window));
  return best;
}

} // namespace memtorrent
