#include "stream/window_plan.hpp"

#include "memtorrent/memory_disk_io.hpp"

#include <algorithm>
#include <map>

namespace memtorrent {

namespace {

using piece_number = int;

piece_number number(lt::piece_index_t piece) { return static_cast<int>(piece); }

play_window place_window(window_policy const& policy, torrent_snapshot const& torrent, head_snapshot const& head,
                         int pieces) {
  piece_number const at = number(head.piece);
  piece_number const first = number(head.first_of_file);
  piece_number const end_of_file = number(head.end_of_file);

  int const most_behind = std::max(pieces * policy.look_behind_percent / 100, pieces - (end_of_file - at));
  piece_number const begin = std::max(first, at - most_behind);
  int there_behind = 0;
  for (piece_number p = begin; p < at; ++p) there_behind += torrent.is_there(lt::piece_index_t(p)) ? 1 : 0;

  auto const ahead_bytes = head.bytes_into_piece + look_ahead_bytes(policy, head);
  // The piece under the head, the next one, and all that the look-ahead ends in.
  auto const wanted = std::max<std::int64_t>(1 + ahead_bytes / std::max(torrent.piece_length_bytes, 1), 2);
  auto const most = static_cast<std::int64_t>(std::max(pieces - there_behind, 1));
  piece_number const end = std::min(end_of_file, at + static_cast<piece_number>(std::min(wanted, most)));
  return {lt::piece_index_t(begin), head.piece, lt::piece_index_t(end), head.idle};
}

// Only the piece under the head gets the highest priority: libtorrent picks among equals as it likes, and asked for
// the next one first in half of all seeks when both had it.
lt::download_priority_t priority_at(int ahead_by, int window_pieces) {
  if (ahead_by == 0) return lt::top_priority;
  int const falling = 6 - 5 * (ahead_by - 1) / std::max(window_pieces, 1);
  return lt::download_priority_t(static_cast<std::uint8_t>(std::clamp(falling, 1, 6)));
}

} // namespace

int pieces_per_head(window_policy const& policy, torrent_snapshot const& torrent) noexcept {
  std::int64_t const usable = torrent.share_bytes - torrent.share_bytes * policy.slack_percent / 100;
  std::int64_t const piece_bytes = minimum_budget_bytes(torrent.piece_length_bytes) / 2;
  return static_cast<int>(std::max<std::int64_t>(usable / piece_bytes / std::max(torrent.active_heads, 1), 2));
}

std::int64_t look_ahead_bytes(window_policy const& policy, head_snapshot const& head) noexcept {
  auto const ahead_ms = policy.restless_ahead_ms +
                        std::max<std::int64_t>(head.since_seek_ms - policy.restless_ms, 0) * policy.ahead_growth;
  // Long before this overflows it is more than any share.
  constexpr std::int64_t longest_ms = 3'600'000;
  return std::max(head.bytes_per_second * std::min(ahead_ms, longest_ms) / 1000, policy.least_ahead_bytes);
}

window_plan plan_windows(window_policy const& policy, torrent_snapshot const& torrent) {
  int const pieces = pieces_per_head(policy, torrent);
  auto const most_with_deadline =
      static_cast<int>(std::max<std::int64_t>(policy.deadline_bytes / std::max(torrent.piece_length_bytes, 1), 3));

  window_plan plan;
  std::map<lt::piece_index_t, wanted_piece> wanted;
  for (auto const& head : torrent.heads) {
    plan.windows.push_back(place_window(policy, torrent, head, pieces));
    if (head.idle) continue;
    play_window const& window = plan.windows.back();
    int const ahead = number(window.end) - number(window.head);
    int with_deadline = 0;
    for (int i = 0; i < ahead; ++i) {
      auto const piece = lt::piece_index_t(number(window.head) + i);
      auto& want = wanted.try_emplace(piece, wanted_piece{piece}).first->second;
      want.priority = std::max(want.priority, priority_at(i, ahead));
      if (with_deadline < most_with_deadline && !torrent.is_there(piece)) {
        ++with_deadline;
        int const deadline_ms = i * policy.deadline_step_ms;
        want.deadline_ms = want.deadline_ms < 0 ? deadline_ms : std::min(want.deadline_ms, deadline_ms);
      }
    }
  }
  for (auto const& [piece, want] : wanted) plan.wanted.push_back(want);
  return plan;
}

} // namespace memtorrent
