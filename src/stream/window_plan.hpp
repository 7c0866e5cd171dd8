// Where the windows of the play heads lie, and how urgent each piece in them is. Pure functions of a snapshot: tested
// without a session.
//
// A head's part of the torrent's share is counted in pieces. A quarter of it may lie behind the head, to rewind into;
// but what is not there yet behind takes nothing away from what is ahead. So right after a seek all of the share is
// ahead, and as the head moves on, the end of the window waits until the quarter behind has filled. Near the end of the
// file what cannot be ahead is left behind.

#pragma once

#include "cache/eviction.hpp"

#include <libtorrent/download_priority.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace memtorrent {

struct window_policy {
  /// Share of a window that may lie behind the head.
  int look_behind_percent = 25;
  /// Part of the share that no window counts on: blocks of evicted pieces still being sent, and blocks that arrive
  /// after their window has moved on.
  int slack_percent = 8;
  /// The first pieces from the head on that are not there get a deadline: those that hold this much, and at least
  /// three. There must always be some, as long as the window is not full: when libtorrent gets a deadline while it has
  /// none, it cancels every other request (torrent::set_piece_deadline), and would fetch most of a window again.
  std::int64_t deadline_bytes = std::int64_t{4} * 1024 * 1024;
  /// Time between the deadlines of consecutive pieces.
  int deadline_step_ms = 500;
};

/// One reader, as the plan sees it.
struct head_snapshot {
  lt::piece_index_t piece{0};
  /// The file's pieces: [first, end).
  lt::piece_index_t first_of_file{0};
  lt::piece_index_t end_of_file{0};
  bool idle = false;
};

struct torrent_snapshot {
  /// What the windows of all its heads may take together: its share of the budget, without what is pinned.
  std::int64_t share_bytes = 0;
  int piece_length_bytes = 0;
  /// Heads that are not idle.
  int active_heads = 1;
  std::vector<head_snapshot> heads;
  std::function<bool(lt::piece_index_t)> is_there;
};

struct wanted_piece {
  lt::piece_index_t piece{0};
  lt::download_priority_t priority{0};
  /// Milliseconds from now; below 0 for none.
  int deadline_ms = -1;
};

struct window_plan {
  /// One for each head, in their order.
  std::vector<play_window> windows;
  /// By piece, each once, none of priority 0. Everything else is not wanted.
  std::vector<wanted_piece> wanted;
};

/// Pieces that the window of one active head may hold: at least two, whatever the share.
int pieces_per_head(window_policy const& policy, torrent_snapshot const& torrent) noexcept;

window_plan plan_windows(window_policy const& policy, torrent_snapshot const& torrent);

} // namespace memtorrent
