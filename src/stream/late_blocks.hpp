// Which blocks of a piece that a reader waits for are to be asked of a second peer. A pure function.
//
// libtorrent does so too, but it looks once a second, and only when nothing of the piece has been requested for a while
// (torrent::request_time_critical_pieces). If a slow seed has not sent its blocks by then, the viewer waits for the
// next look, while fast seeds have nothing to do. So here it is worked out for each block
//
//   - when it is expected: from the rate of the peer that owes it, and what that peer has to send before it
//   - when another peer would bring it
//
// and the other peer is asked if it would bring the block well before.

#pragma once

#include "bridge/sender.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace memtorrent {

/// A sender, and what was measured of it.
struct known_sender {
  peer_handle peer;
  /// It may be asked for what others owe.
  bool may_be_asked = true;
  /// Below 0 while not known.
  std::int64_t bytes_per_second = -1;
  int requested_blocks = 0;
  /// For how long it has owed blocks and sent nothing. It is expected to send nothing for as long again.
  std::chrono::milliseconds silent{0};
};

struct second_request {
  peer_handle peer;
  int block = 0;
};

/// `owed`: what is owed of one piece, once for each peer that owes it. The quickest peers are asked, and none is asked
/// for more than it sends in a second.
std::vector<second_request> late_blocks(std::vector<owed_block> const& owed, std::vector<known_sender> const& senders);

} // namespace memtorrent
