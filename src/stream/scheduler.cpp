#include "stream/scheduler.hpp"

#include "cache/piece_geometry.hpp"
#include "precondition.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace memtorrent {

namespace {

// While no reader waits, nothing is requested twice before this has passed: it is better late than downloaded twice.
constexpr std::chrono::milliseconds patience_without_a_reader(10'000);
// While a reader waits, patience is twice the time that a piece takes, between these two. A peer sends all that is
// requested of it in 0.35 s (request_limits.hpp). If something takes longer than 0.5 s, its peer has become slower, or
// has stopped.
constexpr std::chrono::milliseconds longest_patience(500);
constexpr std::chrono::milliseconds shortest_patience(300);

} // namespace

std::vector<play_window> scheduler::plan(torrent_snapshot const& now, clock::time_point time) {
  MEMTORRENT_REQUIRE(!now.heads.empty());
  auto plan = plan_windows(m_policy, now);
  apply(plan.wanted, now);
  ask_in_order(now.active_heads() == 1);
  tick(now, time);
  return std::move(plan.windows);
}

void scheduler::tick(torrent_snapshot const& now, clock::time_point time) {
  limit_requests(now, time);
  auto const expected = m_request_limits.time_for(now.piece_length_bytes).value_or(longest_patience);
  m_swarm.set_patience(now.is_waited_for() ? std::clamp(2 * expected, shortest_patience, longest_patience)
                                           : patience_without_a_reader);
  ask_others_for_late_blocks(now, time);
}

// The swarm is told differences alone, because a deadline that is set again begins again. A deadline is set
//   - on a piece that had none
//   - on a piece that was due and is not any more, or the other way round: libtorrent asks for pieces in the order of
//     their deadlines
void scheduler::apply(std::vector<wanted_piece> const& wanted, torrent_snapshot const& now) {
  std::map<lt::piece_index_t, wanted_piece> next;
  std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> priorities;
  for (auto const& want : wanted) next.emplace(want.piece, want);

  for (auto const& [piece, want] : m_applied) {
    if (next.count(piece)) continue;
    // Both are needed. Priority 0 alone would leave it among the time-critical pieces. The end of its deadline alone
    // would leave it at a low priority, and it would go on to download.
    if (want.deadline_ms >= 0) m_swarm.reset_deadline(piece);
    priorities.emplace_back(piece, lt::dont_download);
  }
  for (auto const& [piece, want] : next) {
    auto const applied = m_applied.find(piece);
    bool const is_new = applied == m_applied.end();
    bool const had_deadline = !is_new && applied->second.deadline_ms >= 0;
    bool const was_due = had_deadline && applied->second.deadline_ms == 0;
    bool const is_set_anew = want.deadline_ms >= 0 && (!had_deadline || was_due != (want.deadline_ms == 0));
    if (is_set_anew && !now.is_there(piece)) m_swarm.set_deadline(piece, want.deadline_ms);
    // After the deadline, which has raised the priority to the highest.
    if (is_new || is_set_anew || applied->second.priority != want.priority || (want.deadline_ms >= 0) != had_deadline)
      priorities.emplace_back(piece, want.priority);
  }
  if (!priorities.empty()) m_swarm.prioritize(priorities);
  m_applied = std::move(next);
}

// One head wants its pieces one after the other. With two heads, pieces in order would first fill the window of the one
// that is earlier in the torrent. So for two heads the priorities alone count, and among equals the rarest piece is
// first.
void scheduler::ask_in_order(bool in_order) {
  if (m_in_order == in_order) return;
  m_in_order = in_order;
  m_swarm.set_sequential(in_order);
}

void scheduler::limit_requests(torrent_snapshot const& now, clock::time_point time) {
  int missing_blocks = 0;
  for (auto const& [piece, want] : m_applied)
    if (!now.is_there(piece)) missing_blocks += static_cast<int>(blocks_in(now.piece_length_bytes));
  std::int64_t urgent_bytes = 0;
  for (auto const& head : now.heads) urgent_bytes += head.waiting ? head.missing_bytes : 0;
  m_request_limits.set(m_swarm, missing_blocks, urgent_bytes, time);
}

void scheduler::ask_others_for_late_blocks(torrent_snapshot const& now, clock::time_point time) {
  m_swarm.cancel_what_has_come();
  std::set<lt::piece_index_t> waited_for;
  for (auto const& head : now.heads)
    if (head.waiting) waited_for.insert(head.piece);
  for (auto const piece : waited_for) {
    auto const owed = m_swarm.owed_blocks(piece);
    if (owed.empty()) continue;
    for (auto const& [peer, block] : late_blocks(owed, m_request_limits.known(m_swarm, piece, time)))
      m_swarm.request_as_well(peer, piece, block);
  }
}

void scheduler::drop(lt::piece_index_t piece) {
  if (m_applied.erase(piece) == 0) return;
  m_swarm.reset_deadline(piece);
  m_swarm.prioritize({{piece, lt::dont_download}});
}

bool scheduler::has_deadline(lt::piece_index_t piece) const {
  auto const applied = m_applied.find(piece);
  return applied != m_applied.end() && applied->second.deadline_ms >= 0;
}

} // namespace memtorrent
