// The state of a stream, in numbers that a player or a page can show: what each reader has buffered, how fast that
// fills and drains, and what a reader that waits is waiting for.

#pragma once

#include <libtorrent/socket.hpp>
#include <libtorrent/units.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent {

/// What a read waits for.
enum class wait_reason : std::uint8_t {
  /// It does not wait.
  none,
  /// No peer is connected.
  no_peers,
  /// Peers are connected, and none of them has the piece.
  nobody_has_it,
  /// Peers have the piece, and all of them choke us.
  choked,
  /// The memory is full of pieces that may not go, such as those with blocks that others hold: blocks that arrive are
  /// dropped.
  no_space,
  /// Peers have the piece and do not choke us: it is about to be requested.
  not_requested,
  /// Blocks of the piece were requested and have not come.
  requested,
  /// All of the piece is there, and its hash is being checked.
  checking,
  /// Each reader needs space for the piece it is in. The budget has none for this piece beside those of readers that
  /// came later.
  budget_too_small,
};

struct wait_status {
  wait_reason reason = wait_reason::none;
  lt::piece_index_t piece{0};
  /// How long the read has waited.
  std::chrono::milliseconds time{};
  /// For `requested`: the peer that owes the most blocks of the piece, how many, and for how long it has owed some.
  lt::tcp::endpoint peer;
  int blocks = 0;
  std::chrono::milliseconds owed{};
  /// How often the piece failed its hash since it last passed.
  int failures = 0;
};

/// One sentence without a full stop, for a log or a status line; empty for `none`.
std::string to_sentence(wait_status const& wait);

struct reader_status {
  lt::file_index_t file{0};
  /// Where in the file it reads next.
  std::int64_t offset = 0;
  /// It has not read for a while, and other readers have its share.
  bool idle = false;
  /// Bytes that are there from `offset` on, without a gap.
  std::int64_t buffered_bytes = 0;
  /// Bytes a second that the reader takes: the film's bitrate if known (`torrent_stream::set_duration`), else measured.
  std::int64_t drain_bytes_per_s = 0;
  /// Bytes a second that come for the reader: its part of the torrent's download rate.
  std::int64_t fill_bytes_per_s = 0;
  /// How long the buffered bytes last. Nothing while the drain rate is not known.
  std::optional<std::chrono::milliseconds> buffered_time;
  /// In how long the buffer will be empty if both rates stay as they are. Nothing if it will not.
  std::optional<std::chrono::milliseconds> stalls_in;
  wait_status wait;
};

} // namespace memtorrent
