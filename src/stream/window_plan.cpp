#include "stream/window_plan.hpp"

#include "cache/budget_shares.hpp"
#include "cache/piece_geometry.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

namespace memtorrent {

namespace {

using piece_number = int;

piece_number number(lt::piece_index_t piece) { return static_cast<int>(piece); }

// How many pieces behind the head may stay in a window of `pieces`.
int look_behind_pieces(window_policy const& policy, torrent_snapshot const& torrent, head_snapshot const& head,
                       int pieces) {
  int const part = pieces * policy.look_behind_percent / 100;
  if (head.film_bytes_per_second == 0) return part;
  auto const bytes = head.film_bytes_per_second * policy.look_behind_ms / 1000;
  return static_cast<int>(std::min<std::int64_t>(part, 1 + bytes / std::max(torrent.piece_length_bytes, 1)));
}

play_window place_window(window_policy const& policy, torrent_snapshot const& torrent, head_snapshot const& head,
                         int pieces) {
  piece_number const at = number(head.piece);
  piece_number const first = number(head.first_of_file);
  piece_number const end_of_file = number(head.end_of_file);

  int const most_behind = std::max(look_behind_pieces(policy, torrent, head, pieces), pieces - (end_of_file - at));
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

// In 64 bits, and no more than libtorrent's int holds: a window may reach tens of thousands of pieces ahead.
int deadline_ms(int first_ms, int pieces_ahead, int step_ms) {
  std::int64_t const ms = first_ms + std::int64_t{pieces_ahead} * step_ms;
  return static_cast<int>(std::min<std::int64_t>(ms, std::numeric_limits<int>::max()));
}

using wanted_pieces = std::map<lt::piece_index_t, wanted_piece>;

// A piece that several heads want gets the highest of their priorities and the earliest of their deadlines.
void want_piece(wanted_pieces& wanted, lt::piece_index_t piece, lt::download_priority_t priority, int deadline_ms) {
  auto& want = wanted.try_emplace(piece, wanted_piece{piece}).first->second;
  want.priority = std::max(want.priority, priority);
  if (deadline_ms >= 0) want.deadline_ms = want.deadline_ms < 0 ? deadline_ms : std::min(want.deadline_ms, deadline_ms);
}

// The ends of a file are due now, unless a head waits for something else.
void want_file_ends(wanted_pieces& wanted, window_policy const& policy, torrent_snapshot const& torrent,
                    std::vector<head_snapshot const*> const& playing_on) {
  bool const is_due = !torrent.is_waited_for();
  for (auto const& range : torrent.file_ends) {
    bool const plays_on = std::any_of(playing_on.begin(), playing_on.end(), [&](head_snapshot const* head) {
      return head->first_of_file <= range.begin && range.end <= head->end_of_file;
    });
    for (auto piece = range.begin; piece < range.end; ++piece) {
      if (!plays_on && !torrent.is_begun(piece)) continue;
      int const deadline_ms = is_due ? 0 : policy.deadline_step_ms;
      want_piece(wanted, piece, is_due ? lt::top_priority : lt::download_priority_t(6),
                 torrent.is_there(piece) ? -1 : deadline_ms);
    }
  }
}

} // namespace

int torrent_snapshot::active_heads() const noexcept {
  return static_cast<int>(std::count_if(heads.begin(), heads.end(), [](auto const& head) { return !head.idle; }));
}

bool torrent_snapshot::is_waited_for() const noexcept {
  return std::any_of(heads.begin(), heads.end(), [](auto const& head) { return head.waiting; });
}

int weight_of(head_snapshot const& head) noexcept {
  constexpr std::int64_t step_bytes = std::int64_t{256} * 1024;
  constexpr int most = 32;
  // A player that has just sought fills its own buffer as fast as it can, which says nothing about the film. Until that
  // is over it counts as one that reads 1 MiB a second.
  constexpr std::int64_t settled_after_ms = 10'000;
  constexpr std::int64_t before_that = weight_while_unknown * step_bytes;
  std::int64_t const measured = head.since_seek_ms >= settled_after_ms ? head.bytes_per_second : before_that;
  std::int64_t const rate = head.film_bytes_per_second > 0 ? head.film_bytes_per_second : measured;
  int weight = 1;
  while (weight < most && weight * step_bytes < rate) weight *= 2;
  return weight;
}

std::vector<int> share_pieces(window_policy const& policy, torrent_snapshot const& torrent) {
  std::int64_t const usable = torrent.share_bytes - torrent.share_bytes * policy.slack_percent / 100;
  auto const piece_bytes = whole_block_bytes(torrent.piece_length_bytes);
  auto const pieces = usable / piece_bytes;
  std::int64_t const active = torrent.active_heads();
  int const least = torrent.share_bytes < 2 * active * piece_bytes ? 1 : 2;
  std::vector<share_claim> claims;
  for (auto const& head : torrent.heads)
    claims.push_back({head.idle ? 0 : weight_of(head), pieces, head.idle ? 0 : least});
  std::vector<int> shares;
  for (auto const& share : share_budget(pieces, claims)) shares.push_back(static_cast<int>(share));
  // An active head gets its least even where the slack has taken it: there is space for it (heads_that_fit).
  for (std::size_t i = 0; i < shares.size(); ++i)
    if (!torrent.heads[i].idle) shares[i] = std::max(shares[i], least);
  return shares;
}

std::int64_t look_ahead_bytes(window_policy const& policy, head_snapshot const& head) noexcept {
  auto const ahead_ms = policy.restless_ahead_ms +
                        std::max<std::int64_t>(head.since_seek_ms - policy.restless_ms, 0) * policy.ahead_growth;
  // So that the product below does not overflow. What is read in an hour is more than any share.
  constexpr std::int64_t longest_ms = 3'600'000;
  auto const rate = head.film_bytes_per_second > 0 ? head.film_bytes_per_second : head.bytes_per_second;
  return std::max({rate * std::min(ahead_ms, longest_ms) / 1000, policy.least_ahead_bytes, head.preload_bytes});
}

window_plan plan_windows(window_policy const& policy, torrent_snapshot const& torrent) {
  auto const shares = share_pieces(policy, torrent);
  auto const most_with_deadline =
      static_cast<int>(std::max<std::int64_t>(policy.deadline_bytes / std::max(torrent.piece_length_bytes, 1), 3));

  std::uint64_t newest_that_waits = 0;
  for (auto const& head : torrent.heads)
    if (head.waiting) newest_that_waits = std::max(newest_that_waits, head.seek_number);

  window_plan plan;
  wanted_pieces wanted;
  std::vector<head_snapshot const*> playing_on; // heads that have the next pieces
  for (std::size_t i = 0; i < torrent.heads.size(); ++i) {
    auto const& head = torrent.heads[i];
    plan.windows.push_back(place_window(policy, torrent, head, shares[i]));
    if (head.idle) continue;
    play_window const& window = plan.windows.back();
    int const ahead = torrent.is_untried ? 1 : number(window.end) - number(window.head);
    int const first_deadline_ms = head.seek_number < newest_that_waits ? policy.deadline_step_ms : 0;
    int with_deadline = 0;
    bool plays_on = true;
    for (int p = 0; p < ahead; ++p) {
      auto const piece = lt::piece_index_t(number(window.head) + p);
      bool const is_missing = !torrent.is_there(piece);
      bool const has_deadline = is_missing && with_deadline < most_with_deadline;
      plays_on &= !is_missing || p >= policy.pieces_before_file_ends;
      with_deadline += has_deadline ? 1 : 0;
      want_piece(wanted, piece, priority_at(p, ahead),
                 has_deadline ? deadline_ms(first_deadline_ms, p, policy.deadline_step_ms) : -1);
    }
    if (plays_on) playing_on.push_back(&head);
  }
  want_file_ends(wanted, policy, torrent, playing_on);
  for (auto const& [piece, want] : wanted) plan.wanted.push_back(want);
  return plan;
}

} // namespace memtorrent
