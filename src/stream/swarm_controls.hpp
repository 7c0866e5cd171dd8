// What a scheduler sees of a torrent's swarm, and what it can do there. Between the two, so that the same scheduler
// runs on libtorrent's swarm (libtorrent_swarm.hpp) and on a simulated one with a clock of its own (bench/stream_sim).

#pragma once

#include "bridge/sender.hpp"

#include <libtorrent/download_priority.hpp>
#include <libtorrent/units.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace memtorrent {

/// The terms are libtorrent's, and so is what they mean: see `lt::torrent_handle`. A call that names a peer does
/// nothing if that peer has left.
class swarm_controls {
 public:
  swarm_controls() = default;
  swarm_controls(swarm_controls const&) = delete;
  swarm_controls& operator=(swarm_controls const&) = delete;
  virtual ~swarm_controls() = default;

  /// The peers that do not choke us.
  [[nodiscard]] virtual std::vector<sender> senders() const = 0;
  /// The fewest and the most blocks that are to be requested of a peer at a time. A `most` of 0 means none at all,
  /// until a later call.
  virtual void limit_requests(peer_handle const& peer, int fewest, int most) = 0;

  /// The blocks of a piece that were requested and have not come. A block that several peers owe is named once for each
  /// of them.
  [[nodiscard]] virtual std::vector<owed_block> owed_blocks(lt::piece_index_t piece) const = 0;
  /// True if the peer is a sender, has the piece, and may be asked for blocks of it that others owe.
  [[nodiscard]] virtual bool may_be_asked(peer_handle const& peer, lt::piece_index_t piece) const = 0;
  /// Requests a block that others owe of one more peer.
  /// REQUIRES, since the swarm last changed:
  ///   - `owed_blocks` named the block
  ///   - it did not name it with this peer
  ///   - `may_be_asked` was true of this peer
  virtual void request_as_well(peer_handle const& peer, lt::piece_index_t piece, int block) = 0;
  /// A block that was requested as well comes from one of its peers first: cancels it at the others. To be called ten
  /// times a second.
  virtual void cancel_what_has_come() = 0;

  virtual void prioritize(std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& priorities) = 0;
  /// Gives the piece the highest priority too.
  virtual void set_deadline(lt::piece_index_t piece, int milliseconds_from_now) = 0;
  /// Ends a deadline, which leaves the piece at a low priority.
  virtual void reset_deadline(lt::piece_index_t piece) = 0;
  virtual void set_sequential(bool in_order) = 0;

  /// When a piece that is due counts as late: `patience` after its last block was requested. What has not come of it by
  /// then is requested of other peers too.
  virtual void set_patience(std::chrono::milliseconds patience) = 0;
};

} // namespace memtorrent
