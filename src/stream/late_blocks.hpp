// Which blocks of a piece that a reader waits for are to be asked of a second peer. A pure function.
//
// libtorrent asks others for what a piece lacks only when nothing has been requested of it for a while, and looks once
// a second (torrent::request_time_critical_pieces). By then a slow seed with five blocks of the piece has sent them;
// or it has not, and the viewer waits for the next look, beside fast seeds that have nothing to do. So it is worked out
// when each block should come, by what its peer sends and still has to send before it, and whether another peer would
// bring it well before that.

#pragma once

#include "stream/swarm_controls.hpp"

#include <chrono>
#include <vector>

namespace memtorrent {

/// A peer that sends, as far as it is known.
struct known_sender {
  void* id = nullptr;
  /// It can be asked for what others owe.
  bool may_be_asked = true;
  /// Below 0 while not known.
  std::int64_t bytes_per_second = -1;
  int requested_blocks = 0;
  /// It owes blocks, and has sent nothing for so long. It is not expected to send in less.
  std::chrono::milliseconds silent{0};
};

struct second_request {
  void* peer = nullptr;
  int block = 0;
};

/// `owed`: the blocks of one piece; one that was requested of two peers is there twice. The peers that are asked are
/// the quickest, and none is asked for more than it sends in a second.
std::vector<second_request> late_blocks(std::vector<swarm_controls::owed_block> const& owed,
                                        std::vector<known_sender> const& senders);

} // namespace memtorrent
