// How a stream is doing, in numbers that a player or a page can show: what each reader has ahead, how fast that fills
// and drains, and, when a reader waits, for what.

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
  /// The memory is full of what may not go, such as blocks that others still hold: what arrives has to be dropped.
  no_space,
  /// Peers have it and could be asked; they are about to be.
  not_requested,
  /// Blocks of it were requested and have not come.
  requested,
  /// All of it is there, and its hash is being checked.
  checking,
  /// Each reader needs space for the piece it is in, and the budget has none for this one beside those of readers that
  /// came later.
  budget_too_small,
};

struct wait_status {
  wait_reason reason = wait_reason::none;
  lt::piece_index_t piece{0};
  /// How long the read has waited.
  std::chrono::milliseconds time{};
  /// `requested`: of whom, how many blocks, and for how long that peer has owed some. Of several peers the one that
  /// owes the most.
  lt::tcp::endpoint peer;
  int blocks = 0;
  std::chrono::milliseconds owed{};
  /// How often the piece came and failed its hash, since it was last there.
  int failures = 0;
};

/// One sentence without a full stop, for a log or a status line; empty for `none`.
std::string to_sentence(wait_status const& wait);

struct reader_status {
  lt::file_index_t file{0};
  /// Where in the file it reads next.
  std::int64_t offset = 0;
  /// It has not read for a while beside another reader, and gave up its share.
  bool idle = false;
  /// Bytes that are there from `offset` on, without a gap.
  std::int64_t buffered_bytes = 0;
  /// What it takes a second: the film's bitrate if that is known (`torrent_stream::set_duration`), else as measured.
  std::int64_t drain_bytes_per_s = 0;
  /// What comes a second for it: its part of what the torrent downloads.
  std::int64_t fill_bytes_per_s = 0;
  /// For how long what is buffered lasts. Nothing while it is not known what drains it.
  std::optional<std::chrono::milliseconds> buffered_time;
  /// In how long it will have run dry if both rates stay as they are. Nothing if it will not.
  std::optional<std::chrono::milliseconds> stalls_in;
  wait_status wait;
};

} // namespace memtorrent
