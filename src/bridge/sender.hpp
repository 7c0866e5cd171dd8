// What the peers of a torrent have sent us, and what they owe us.

#pragma once

#include "bridge/peer_handle.hpp"

#include <cstdint>

namespace memtorrent {

/// A peer that does not choke us: it may be asked for blocks.
struct sender {
  peer_handle peer;
  /// Payload that it has sent since it was connected to.
  std::int64_t received_bytes = 0;
  /// Blocks that were requested of it and have not come.
  int requested_blocks = 0;
};

/// A block that was requested of a peer and has not come.
struct owed_block {
  /// Its number in its piece.
  int block = 0;
  /// Of whom it was requested.
  peer_handle peer;
  /// Requests that the peer has to answer before it.
  int before_it = 0;
  /// It was cancelled there, or took too long: it may still come, or not.
  bool is_given_up = false;
};

} // namespace memtorrent
