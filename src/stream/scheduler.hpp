// Tells a torrent's swarm what the readers need: priorities, deadlines, and limits on requests.
//
//   snapshot -> window_plan, request_limits, late_blocks -> scheduler -> swarm_controls
//
// What is needed is decided elsewhere: in window_plan and late_blocks, which are pure functions, and in request_limits,
// which remembers what it measured of each peer. The scheduler tells the swarm what differs from what it was told
// before.
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

  /// To be called when a head moved, when a piece came or went, and once in a while. Returns the windows, one for each
  /// head, in the order of the heads. REQUIRES: there is a head.
  std::vector<play_window> plan(torrent_snapshot const& now, clock::time_point time);

  /// To be called every 100 ms or so while somebody reads.
  void tick(torrent_snapshot const& now, clock::time_point time);

  /// A piece that was there is gone, and the swarm does not want it any more.
  void forget(lt::piece_index_t piece) { m_applied.erase(piece); }
  /// Tells the swarm that a piece is not wanted. The next plan may want it again.
  void drop(lt::piece_index_t piece);
  /// The swarm wants nothing any more.
  void forget_all() { m_applied.clear(); }

  /// True if the piece is one of the first that are missing ahead of a head. When it comes, it is time for a plan.
  [[nodiscard]] bool has_deadline(lt::piece_index_t piece) const;

 private:
  void apply(std::vector<wanted_piece> const& wanted, torrent_snapshot const& now);
  void ask_in_order(bool in_order);
  void limit_requests(torrent_snapshot const& now, clock::time_point time);
  void ask_others_for_late_blocks(torrent_snapshot const& now, clock::time_point time);

  swarm_controls& m_swarm;
  window_policy const m_policy;
  // The pieces that are wanted, as the swarm was last told.
  std::map<lt::piece_index_t, wanted_piece> m_applied;
  // Nothing before the swarm was told: an earlier stream may have left it in order or not.
  std::optional<bool> m_in_order;
  request_limits m_request_limits;
};

} // namespace memtorrent
