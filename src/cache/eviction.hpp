// Which piece goes first when space is needed.
//
// Order, first to go first (docs/architecture.md, "Memory"):
//   1. in no reader's window, least recently used first
//   2. in the window of an idle reader only, farthest from its play head first
//   3. behind a play head, farthest first
//   4. ahead of a play head, farthest first
//   5. never: pinned, and the piece under a play head that holds it (`play_window::head_reason`)
//
// Pure functions of plain values, so that the order can be read in a test.

#pragma once

#include <libtorrent/units.hpp>

#include <cstdint>
#include <tuple>
#include <vector>

namespace memtorrent {

/// Pieces [begin, end).
struct piece_range {
  lt::piece_index_t begin{0};
  lt::piece_index_t end{0};

  friend bool operator==(piece_range const& a, piece_range const& b) { return a.begin == b.begin && a.end == b.end; }
};

/// The piece after it.
inline lt::piece_index_t next_piece(lt::piece_index_t piece) noexcept {
  return lt::piece_index_t(static_cast<int>(piece) + 1);
}

/// Why a piece is kept. A piece with a smaller reason goes first.
enum class keep_reason : std::uint8_t { none, idle_window, look_behind, look_ahead, pinned };

/// The pieces a reader wants kept, around the piece its play head is in: [begin, end) contains `head`, or is empty.
struct play_window {
  lt::piece_index_t begin{0};
  lt::piece_index_t head{0};
  lt::piece_index_t end{0};
  bool idle = false;
  /// Why the piece under the head is kept, unless idle. `pinned`: it never goes. Any other reason: it may go, and each
  /// piece of the window counts as one piece farther away. `look_behind` is for windows with nothing ahead.
  keep_reason head_reason = keep_reason::pinned;
};

struct piece_rank {
  keep_reason reason = keep_reason::none;
  /// Of pieces with the same reason the smallest order goes first. `none`: the time of last use. Else: minus the
  /// distance from the head in bytes.
  std::int64_t order = 0;

  friend bool operator<(piece_rank const& a, piece_rank const& b) {
    return std::tie(a.reason, a.order) < std::tie(b.reason, b.order);
  }
};

/// The rank that `window` gives to a piece in it.
piece_rank rank_in_window(lt::piece_index_t piece, int piece_length_bytes, play_window const& window) noexcept;

/// The best rank that any of `windows` gives to `piece`. `last_use` counts up with every use.
piece_rank rank_piece(lt::piece_index_t piece, int piece_length_bytes, std::vector<play_window> const& windows,
                      std::int64_t last_use) noexcept;

} // namespace memtorrent
