// Where the windows of the play heads lie, and how urgent each piece in them is. Pure functions of a snapshot: tested
// without a session.
//
// Heads share what their torrent has in proportion to how fast they read. A head's part is counted in pieces. A quarter
// of it may lie behind the head, to rewind into; but what is not there yet behind takes nothing away from what is
// ahead. So right after a seek all of the share is ahead, and as the head moves on, the end of the window waits until
// the quarter behind has filled. Near the end of the file what cannot be ahead is left behind.
//
// The very first piece is asked for alone. If its hash fails, one of its senders lied, and who it was is found out by
// asking others for the same blocks (src/disk/piece_repair.hpp): that takes two round trips on idle lines, and a second
// behind requests for more.
//
// Players read an index at a file's end before anything else, and come back to it at every seek. So the ends of a file
// are wanted too, as soon as the first pieces under a head of that file are there.
//
// Of several heads that wait, the piece of the one that came last is due first. A seek leaves the old connection open,
// and the picture that stands still is the new one's. The others' pieces are the next that are asked for.

#pragma once

#include "cache/eviction.hpp"

#include <libtorrent/download_priority.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace memtorrent {

struct window_policy {
  /// Share of a window that may lie behind the head; and no more than it plays in that time, where its film's bitrate
  /// is known.
  int look_behind_percent = 25;
  int look_behind_ms = 30'000;
  /// Who has just sought often seeks again, and then all that was fetched ahead is for nothing. So in the first half
  /// minute at a place the window looks ahead for what is read in a second and a half (a player has a buffer of its
  /// own on top), and from then on for two seconds more each second, which fills it as fast as a line of three times
  /// the film's rate can.
  int restless_ms = 30'000;
  int restless_ahead_ms = 1'500;
  int ahead_growth = 2;
  /// What a window looks ahead for at least, however slowly it is read.
  std::int64_t least_ahead_bytes = std::int64_t{2} * 1024 * 1024;
  /// The ends of a file are wanted once so many pieces from each head on are there: an index is read at once or not at
  /// all, and whoever plays on meanwhile must not stall for it.
  int pieces_before_file_ends = 2;
  /// Part of the share that no window counts on: blocks of evicted pieces still being sent, and blocks that arrive
  /// after their window has moved on.
  int slack_percent = 8;
  /// The first pieces from the head on that are not there get a deadline: those that hold this much, and at least
  /// three. There must always be some, as long as the window is not full: when libtorrent gets a deadline while it has
  /// none, it cancels every other request (torrent::set_piece_deadline), and would fetch most of a window again.
  std::int64_t deadline_bytes = std::int64_t{4} * 1024 * 1024;
  /// The piece under a head is due now; the others with a deadline are in this long, and each further one as much
  /// later: so far that libtorrent leaves them to its ordinary picking, by priority. Whatever is due soon it asks for
  /// at once, up to two seconds' worth from each peer (torrent::request_time_critical_pieces), which is what a seek
  /// would then have to wait for. Only if none is due does it ask for the first of the others so.
  int deadline_step_ms = 60'000;
};

/// One reader, as the plan sees it.
struct head_snapshot {
  lt::piece_index_t piece{0};
  /// The file's pieces: [first, end).
  lt::piece_index_t first_of_file{0};
  lt::piece_index_t end_of_file{0};
  bool idle = false;
  /// When it came to where it is: a count that goes up.
  std::uint64_t seek_number = 0;
  /// It waits for the piece it is in, of which so much is missing.
  bool waiting = false;
  std::int64_t missing_bytes = 0;
  /// How much of its piece is read.
  std::int64_t bytes_into_piece = 0;
  /// What it reads a second, and since when it is where it is (consumption.hpp).
  std::int64_t bytes_per_second = 0;
  std::int64_t since_seek_ms = 0;
  /// The film's own rate; 0 while nobody told it.
  std::int64_t film_bytes_per_second = 0;
  /// It is to have so much ahead, whatever its rate: a preload.
  std::int64_t preload_bytes = 0;
};

struct torrent_snapshot {
  /// What the windows of all its heads may take together: its share of the budget, without what is pinned.
  std::int64_t share_bytes = 0;
  int piece_length_bytes = 0;
  std::vector<head_snapshot> heads;
  /// No piece has passed yet, so nobody is known to send what is right.
  bool is_untried = false;
  /// The ends of the files that are read, as far as they may be pinned.
  std::vector<piece_range> file_ends;
  /// Its hash has passed; some of it has come.
  std::function<bool(lt::piece_index_t)> is_there;
  std::function<bool(lt::piece_index_t)> is_begun;

  /// Heads that are not idle.
  [[nodiscard]] int active_heads() const noexcept;
  [[nodiscard]] bool is_waited_for() const noexcept;
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

/// How much a head counts when a budget is shared: twice as much for twice the rate, in steps of powers of two, so that
/// shares do not change with every read. Between 1, for 256 KiB a second or less, and 32, for 8 MiB or more.
int weight_of(head_snapshot const& head) noexcept;
/// That of a head whose rate is not known yet, as if it were 1 MiB a second.
inline constexpr int weight_while_unknown = 4;

/// Pieces that the window of each head may hold, in their order; 0 for an idle one. Two at least as long as there is
/// space for two for each, else one.
std::vector<int> share_pieces(window_policy const& policy, torrent_snapshot const& torrent);

/// How far ahead of where it reads a head's window looks, as long as its share allows.
std::int64_t look_ahead_bytes(window_policy const& policy, head_snapshot const& head) noexcept;

window_plan plan_windows(window_policy const& policy, torrent_snapshot const& torrent);

} // namespace memtorrent
