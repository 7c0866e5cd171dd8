// Where the windows of the play heads lie, and how urgent each piece in them is. Pure functions of a snapshot: tested
// without a session.
//
// The share. Heads share what their torrent has, in proportion to how fast they read. A head's share is counted in
// pieces. A quarter of it may lie behind the head, to rewind into. Only pieces that are there count:
//
//   - right after a seek nothing is behind the head, so all of the share is ahead
//   - as the head moves on, the pieces that it leaves fill the quarter, and the end of the window stands still
//   meanwhile
//   - near the end of the file there is less ahead than the share, and the rest of it is left to what is behind
//
// The very first piece is asked for alone. If its hash fails, one of its senders lied. Who it was is found out by
// asking others for the same blocks (src/repair/piece_repair.hpp). On idle lines that takes two round trips; if more
// has been requested meanwhile, it takes a second.
//
// The ends of a file. Players read an index at a file's end before anything else, and come back to it at every seek. So
// the ends are wanted too, as soon as the first pieces under a head of that file are there.
//
// Several heads that wait. The piece of the head that sought last is due first: when a player seeks it may leave its
// old connection open, but what the viewer waits for is what the new one reads. The pieces of the other heads come
// next.

#pragma once

#include "cache/eviction.hpp"

#include <libtorrent/download_priority.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace memtorrent {

struct window_policy {
  /// The part of a window that may lie behind the head.
  int look_behind_percent = 25;
  /// Where the film's bitrate is known: no more behind the head than is played in this time.
  int look_behind_ms = 30'000;
  /// How far a window looks ahead, in time of the film:
  ///
  ///   restless_ahead_ms + ahead_growth * max(time since the seek - restless_ms, 0)
  ///
  /// A viewer who has just sought often seeks again, and then all that was fetched ahead was for nothing. So it is a
  /// second and a half for the first half minute (the player has a buffer of its own on top). From then on it grows by
  /// two seconds each second, and the film plays on for one: a line of three times the film's rate can keep up.
  int restless_ms = 30'000;
  int restless_ahead_ms = 1'500;
  int ahead_growth = 2;
  /// A window looks ahead for this much at least, even if it is read slowly.
  std::int64_t least_ahead_bytes = std::int64_t{2} * 1024 * 1024;
  /// The ends of a file are wanted once a head of that file has this many pieces: the one under it and those that
  /// follow. A player reads an index at once or not at all, and one that plays on must not stall for it.
  int pieces_before_file_ends = 2;
  /// The part of the share that no window counts on. It is left to blocks of evicted pieces that are still being sent,
  /// and to blocks that arrive after their window has moved on.
  int slack_percent = 8;
  /// The first missing pieces from the head on get a deadline: as many as hold this much, and at least three. As long
  /// as the window is not full, there must always be some. When libtorrent gets a deadline while it has none, it
  /// cancels every other request (torrent::set_piece_deadline), and most of a window would be fetched again.
  std::int64_t deadline_bytes = std::int64_t{4} * 1024 * 1024;
  /// The deadline of the piece that is `n` pieces ahead of its head: n * deadline_step_ms, and one step more while a
  /// head that sought later waits. So the piece under the head is due now, and the others so late that libtorrent picks
  /// them in its ordinary way, by priority. What is due soon it requests at once, up to two seconds' worth of each peer
  /// (torrent::request_time_critical_pieces), and a seek would have to wait for all of that. It does so with the first
  /// of the others only if no piece is due.
  int deadline_step_ms = 60'000;
};

/// One reader, as the plan sees it.
struct head_snapshot {
  lt::piece_index_t piece{0};
  /// The file's pieces: [first, end).
  lt::piece_index_t first_of_file{0};
  lt::piece_index_t end_of_file{0};
  bool idle = false;
  /// Counts the seeks of all heads: the head that sought last has the highest.
  std::uint64_t seek_number = 0;
  /// It waits for the piece it is in.
  bool waiting = false;
  /// What is missing of that piece.
  std::int64_t missing_bytes = 0;
  /// How much of its piece is read.
  std::int64_t bytes_into_piece = 0;
  /// How fast it reads, and how long ago it sought (read_rate.hpp).
  std::int64_t bytes_per_second = 0;
  std::int64_t since_seek_ms = 0;
  /// The film's own rate; 0 if it is not known.
  std::int64_t film_bytes_per_second = 0;
  /// A preload: it is to have at least this much ahead, whatever its rate.
  std::int64_t preload_bytes = 0;
};

struct torrent_snapshot {
  /// What the windows of all its heads may take together: its share of the budget, without what is pinned.
  std::int64_t share_bytes = 0;
  int piece_length_bytes = 0;
  std::vector<head_snapshot> heads;
  /// No piece has passed its hash yet, so no peer is known to send what is right.
  bool is_untried = false;
  /// The ends of the files that are read, as far as they may be pinned.
  std::vector<piece_range> file_ends;
  /// The piece is complete, and its hash has passed.
  std::function<bool(lt::piece_index_t)> is_there;
  /// Some of the piece has come.
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
  /// In the order of the pieces, each once, none of priority 0. No other piece is wanted.
  std::vector<wanted_piece> wanted;
};

/// How much a head counts when a budget is shared:
///
///   rate / (256 KiB a second), rounded up to a power of two, from 1 to 32
///
/// Powers of two, so that shares do not change with every read.
int weight_of(head_snapshot const& head) noexcept;
/// The weight of a head whose rate is not known yet: that of 1 MiB a second.
inline constexpr int weight_while_unknown = 4;

/// How many pieces the window of each head may hold, in the order of the heads. An idle head gets 0. Each other head
/// gets at least two if there is space for two for each of them, else at least one.
std::vector<int> share_pieces(window_policy const& policy, torrent_snapshot const& torrent);

/// How many bytes a head's window looks ahead from where the head reads. Its share may allow less.
std::int64_t look_ahead_bytes(window_policy const& policy, head_snapshot const& head) noexcept;

window_plan plan_windows(window_policy const& policy, torrent_snapshot const& torrent);

} // namespace memtorrent
