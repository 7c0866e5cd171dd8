// Keeps a torrent's swarm at what its readers need: from a snapshot to priorities, deadlines and limits on requests.
// What is needed is decided in pure functions (window_plan, request_limits, late_blocks); here it is told to the swarm,
// as the difference to what it was told before.
//
// Thread: one, the one on which the swarm may be touched. Knows no clock but the times it is given.

#pragma once

#include "stream/request_limits.hpp"
#include "stream/swarm_controls.hpp"
#include "stream/window_plan.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace memtorrent {

class scheduler {
 public:
  using clock = std::chrono::steady_clock;

  /// `swarm` outlives this.
  scheduler(swarm_controls& swarm, window_policy const& policy) : m_swarm(swarm), m_policy(policy) {}

  /// A head moved, a piece came or went, or time passed. Returns the windows, one for each head in their order.
  /// REQUIRES: there is a head.
  std::vector<play_window> plan(torrent_snapshot const& now, clock::time_point time);

  /// To be called every 100 ms or so while somebody reads.
  void tick(torrent_snapshot const& now, clock::time_point time);

  /// A piece that was there is gone, and no longer wanted.
  void forget(lt::piece_index_t piece) { m_applied.erase(piece); }
  /// A piece is not wanted until the next plan.
  void drop(lt::piece_index_t piece);
  /// Nothing is wanted any more, and the swarm knows.
  void forget_all() { m_applied.clear(); }

  /// True if it is among the first pieces that are missing: when it comes, it is time for a plan.
  [[nodiscard]] bool has_deadline(lt::piece_index_t piece) const;

 private:
  void apply(std::vector<wanted_piece> const& wanted, torrent_snapshot const& now);
  void ask_in_order(bool in_order);
  void limit_requests(torrent_snapshot const& now, clock::time_point time);
  void ask_others_for_late_blocks(torrent_snapshot const& now, clock::time_point time);

  swarm_controls& m_swarm;
  window_policy const m_policy;
  // What the swarm was last told, of pieces that are wanted.
  std::map<lt::piece_index_t, wanted_piece> m_applied;
  // Nothing while it was not told; an earlier stream may have left it either way.
  std::optional<bool> m_in_order;
  request_limits m_request_limits;
};

} // namespace memtorrent
