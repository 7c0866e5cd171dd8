// What a scheduler sees of a torrent's swarm, and what it can do there. Between the two, so that the same scheduler
// runs on libtorrent's swarm (libtorrent_swarm.hpp) and on a simulated one with a clock of its own (bench/stream_sim).

#pragma once

#include <libtorrent/download_priority.hpp>
#include <libtorrent/units.hpp>

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace memtorrent {

/// The terms are libtorrent's, and so is what they mean: see `lt::torrent_handle`.
class swarm_controls {
 public:
  /// A peer that does not choke us.
  struct sender {
    /// Its own as long as it is connected.
    void* id = nullptr;
    /// Payload that it has sent since it was connected to.
    std::int64_t received_bytes = 0;
    /// Blocks that it was asked for and has not sent.
    int requested_blocks = 0;
  };

  /// A block that was requested and has not come.
  struct owed_block {
    int block = 0;
    /// The `sender::id` of the peer of which it was requested.
    void* peer = nullptr;
    /// What that peer is to send before it.
    int before_it = 0;
    /// It was cancelled there, or given up as too late: it may still come, or not.
    bool is_given_up = false;
  };

  swarm_controls() = default;
  swarm_controls(swarm_controls const&) = delete;
  swarm_controls& operator=(swarm_controls const&) = delete;
  virtual ~swarm_controls() = default;

  [[nodiscard]] virtual std::vector<sender> senders() const = 0;
  /// Between how many blocks are to be requested of a peer at a time; a `most` of 0: none, until a later call.
  /// REQUIRES: `senders` has just named it.
  virtual void limit_requests(void* peer, int fewest, int most) = 0;

  /// Once for each peer that owes it.
  [[nodiscard]] virtual std::vector<owed_block> owed_blocks(lt::piece_index_t piece) const = 0;
  /// True if a sender has the piece, and nothing speaks against asking it for what others owe.
  [[nodiscard]] virtual bool may_be_asked(void* peer, lt::piece_index_t piece) const = 0;
  /// Requests a block that others owe of one more peer. REQUIRES: `owed_blocks` has just named the block, and not with
  /// this peer, which `may_be_asked`.
  virtual void request_as_well(void* peer, lt::piece_index_t piece, int block) = 0;
  /// Cancels what was requested as well and has come from one of its peers. To be called ten times a second.
  virtual void cancel_what_has_come() = 0;

  virtual void prioritize(std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& priorities) = 0;
  /// Gives the piece the highest priority too.
  virtual void set_deadline(lt::piece_index_t piece, int milliseconds_from_now) = 0;
  /// Ends a deadline, which leaves the piece at a low priority.
  virtual void reset_deadline(lt::piece_index_t piece) = 0;
  virtual void set_sequential(bool in_order) = 0;

  /// How long after its last block was requested a piece that is due counts as late: then blocks of it that did not
  /// come are requested of other peers too.
  virtual void set_patience(std::chrono::milliseconds patience) = 0;
};

} // namespace memtorrent
