// One reader's place in a torrent, or a preload's. All fields are guarded by the player's mutex.

#pragma once

#include "cache/eviction.hpp"
#include "memtorrent/byte_range.hpp"
#include "memtorrent/byte_source.hpp"
#include "memtorrent/preload.hpp"
#include "memtorrent/stream_status.hpp"
#include "stream/read_rate.hpp"

#include <chrono>
#include <cstdint>

namespace memtorrent {

struct play_head {
  using clock = std::chrono::steady_clock;

  lt::file_index_t file_index{0};
  byte_range file; // bytes of the torrent
  std::int64_t position = 0;
  std::uint64_t seek_number = 0; // of its last seek; a first read is a seek too; 0: it has no window
  bool has_space = true;         // the budget holds its piece beside those of later seeks; as last planned
  clock::time_point last_read;
  read_rate read;
  play_window window; // as last planned

  // The read that waits; empty handler for none.
  std::int64_t waiting_max_bytes = 0;
  byte_source::read_handler waiting;
  clock::time_point waiting_since;
  // What it waits for, as last looked at, and since when the same peer has owed the piece.
  wait_status wait;
  clock::time_point owed_since;

  // Above 0: this is a preload, which fetches so many bytes from its position on.
  std::int64_t preload_bytes = 0;
  bool preload_done = false;
  boost::system::error_code preload_error;
  preload::done_handler on_preload_done;
};

/// True if a head has not read for so long that its player has probably left it open after a seek.
///   - A head that plays reads at least every few seconds, because players' buffers are small: 5 s.
///   - The head that read last (`read_last`) may belong to a viewer who paused: 60 s, and only while another torrent is
///     read, which gets its share.
constexpr bool is_left_open(std::chrono::milliseconds quiet, bool read_last, bool is_another_torrent_read) noexcept {
  return quiet > (read_last ? std::chrono::seconds(60) : std::chrono::seconds(5)) &&
         (!read_last || is_another_torrent_read);
}

} // namespace memtorrent
