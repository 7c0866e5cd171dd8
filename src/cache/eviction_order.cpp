#include "cache/eviction_order.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace memtorrent {

namespace {

template <typename Range>
bool contains(Range const& range, lt::piece_index_t piece) noexcept {
  return piece >= range.begin && piece < range.end;
}

// Calls `visit` for each run of pieces that is in `some` and not in `others`, as [begin, end).
template <typename Ranges, typename Visit>
void for_each_only_in(Ranges const& some, Ranges const& others, Visit visit) {
  for (auto const& range : some) {
    for (auto at = range.begin; at < range.end;) {
      auto const cover = std::find_if(others.begin(), others.end(), [&](auto const& o) { return contains(o, at); });
      if (cover != others.end()) {
        at = cover->end;
        continue;
      }
      auto end = range.end;
      for (auto const& o : others)
        if (o.begin > at) end = std::min(end, o.begin);
      visit(at, end);
      at = end;
    }
  }
}

} // namespace

void eviction_order::add(lt::piece_index_t piece) {
  auto const at = m_pieces.emplace(piece, m_not_kept.end()).first;
  if (at->second == m_not_kept.end() && !is_kept(piece)) put_into_list(at);
}

void eviction_order::remove(lt::piece_index_t piece) {
  auto const at = m_pieces.find(piece);
  if (at == m_pieces.end()) return;
  if (at->second != m_not_kept.end()) m_not_kept.erase(at->second);
  m_pieces.erase(at);
}

void eviction_order::set_windows(std::vector<play_window> windows) {
  std::swap(m_windows, windows);
  for_each_only_in(windows, m_windows, [&](auto begin, auto end) { classify(begin, end); });
  for_each_only_in(m_windows, windows, [&](auto begin, auto end) { classify(begin, end); });
}

void eviction_order::set_pinned(std::vector<piece_range> pinned) {
  std::swap(m_pinned, pinned);
  for_each_only_in(pinned, m_pinned, [&](auto begin, auto end) { classify(begin, end); });
  for_each_only_in(m_pinned, pinned, [&](auto begin, auto end) { classify(begin, end); });
}

// Puts each piece of a run where it belongs now that windows or pins have changed.
void eviction_order::classify(lt::piece_index_t begin, lt::piece_index_t end) {
  for (auto at = m_pieces.lower_bound(begin); at != m_pieces.end() && at->first < end; ++at) {
    bool const in_list = at->second != m_not_kept.end();
    bool const kept = is_kept(at->first);
    if (kept && in_list)
      m_not_kept.erase(std::exchange(at->second, m_not_kept.end()));
    else if (!kept && !in_list)
      put_into_list(at);
  }
}

// Looks from the end of the list, because a new piece was nearly always used later than most of the others.
void eviction_order::put_into_list(piece_map::iterator piece) {
  std::int64_t const last_use = m_last_use(piece->first);
  auto before = m_not_kept.end();
  while (before != m_not_kept.begin() && std::prev(before)->last_use > last_use) --before;
  piece->second = m_not_kept.insert(before, {piece->first, last_use});
}

bool eviction_order::is_pinned(lt::piece_index_t piece) const noexcept {
  return std::any_of(m_pinned.begin(), m_pinned.end(), [&](auto const& range) { return contains(range, piece); });
}

bool eviction_order::is_kept(lt::piece_index_t piece) const noexcept {
  return is_pinned(piece) ||
         std::any_of(m_windows.begin(), m_windows.end(), [&](auto const& window) { return contains(window, piece); });
}

piece_rank eviction_order::rank(lt::piece_index_t piece, std::int64_t last_use) const noexcept {
  if (is_pinned(piece)) return {keep_reason::pinned, 0};
  return rank_piece(piece, m_piece_length, m_windows, last_use);
}

std::vector<lt::piece_index_t> eviction_order::pieces() const {
  std::vector<lt::piece_index_t> all;
  all.reserve(m_pieces.size());
  for (auto const& piece : m_pieces) all.push_back(piece.first);
  return all;
}

// ---- walk ----

eviction_order::walk::walk(eviction_order& order)
    : m_order(order), m_next_in_list(order.m_not_kept.begin()), m_moves_left(order.m_not_kept.size()) {
  advance();
}

void eviction_order::walk::advance() {
  m_current.reset();
  if (advance_in_list()) return;
  if (!m_sides) begin_sides();
  auto const first = std::min_element(m_sides->begin(), m_sides->end(), [](side const& a, side const& b) {
    return a.found && (!b.found || a.found->rank < b.found->rank);
  });
  if (first == m_sides->end() || !first->found) return;
  m_current = first->found;
  find_next(*first);
}

bool eviction_order::walk::advance_in_list() {
  auto& not_kept = m_order.m_not_kept;
  while (m_next_in_list != not_kept.end()) {
    auto const here = m_next_in_list++;
    std::int64_t const last_use = m_order.m_last_use(here->piece);
    // Limited, because readers use pieces while this runs.
    if (last_use > here->last_use && m_moves_left > 0) {
      --m_moves_left;
      here->last_use = last_use;
      auto before = not_kept.end();
      while (before != m_next_in_list && std::prev(before)->last_use > last_use) --before;
      if (before != m_next_in_list) {
        not_kept.splice(before, not_kept, here);
        continue;
      }
    }
    m_current = {here->piece, {keep_reason::none, last_use}};
    return true;
  }
  return false;
}

void eviction_order::walk::begin_sides() {
  auto const& pieces = m_order.m_pieces;
  m_sides.emplace();
  for (auto const& window : m_order.m_windows) {
    if (window.begin >= window.end) continue;
    bool const holds_head = !window.idle && window.head_reason == keep_reason::pinned;
    auto const head = pieces.lower_bound(window.head);
    auto const nearest_ahead = holds_head ? pieces.upper_bound(window.head) : head;
    m_sides->push_back({window, false, pieces.lower_bound(window.begin), head, std::nullopt});
    m_sides->push_back({window, true, pieces.lower_bound(window.end), nearest_ahead, std::nullopt});
  }
  for (auto& s : *m_sides) find_next(s);
}

// Skips pieces that are pinned, or that rank higher in another window.
void eviction_order::walk::find_next(side& s) const {
  s.found.reset();
  while (s.next != s.end) {
    auto const piece = s.ahead ? (--s.next)->first : (s.next++)->first;
    auto const rank = rank_in_window(piece, m_order.m_piece_length, s.window);
    auto const best = m_order.rank(piece, 0);
    if (rank < best || best.reason == keep_reason::pinned) continue;
    s.found = {piece, rank};
    return;
  }
}

} // namespace memtorrent
