// Why a read waits: a pure function of the state of its piece.

#pragma once

#include "bridge/peer_bridge.hpp"
#include "memtorrent/stream_status.hpp"

namespace memtorrent {

struct wanted_piece_state {
  peer_bridge::piece_supply supply;
  /// All its blocks have come.
  bool is_complete = false;
  /// The budget holds it beside the pieces of readers that came later.
  bool has_space = true;
  /// A block of it was dropped not long ago.
  bool was_dropped = false;
};

wait_reason why_waiting(wanted_piece_state const& piece) noexcept;

} // namespace memtorrent
