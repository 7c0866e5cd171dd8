#include "cache/budget_shares.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

namespace memtorrent {

namespace {

int number(lt::piece_index_t piece) { return static_cast<int>(piece); }

std::int64_t bounded(share_claim const& claim, std::int64_t bytes) {
  return std::max(std::min(bytes, claim.cap_bytes), std::min(claim.guarantee_bytes, claim.cap_bytes));
}

} // namespace

// Goes in rounds, until no cap or guarantee changes a share any more:
//   1. For each torrent that is not settled: change = its bounded share - its share by weight.
//   2. Sum of changes > 0 (guarantees take more than caps leave): torrents at their guarantee are settled. Sum < 0:
//      torrents at their cap. Sum = 0: both.
//   3. What is left is shared by the weights that are left.
// Always settling both could settle a torrent at a bound that its final share does not reach.
std::vector<std::int64_t> share_budget(std::int64_t budget_bytes, std::vector<share_claim> const& claims) {
  std::vector<std::optional<std::int64_t>> settled(claims.size());
  std::int64_t left = budget_bytes;
  int weights = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    weights += claims[i].weight;
    if (claims[i].weight > 0) continue;
    settled[i] = 0;
    left -= claims[i].guarantee_bytes;
  }
  auto const proportional = [&](std::size_t i) {
    return weights > 0 ? std::max<std::int64_t>(left, 0) * claims[i].weight / weights : 0;
  };
  for (bool all_settled = false; !all_settled;) {
    std::int64_t sum_of_changes = 0;
    for (std::size_t i = 0; i < claims.size(); ++i)
      if (!settled[i]) sum_of_changes += bounded(claims[i], proportional(i)) - proportional(i);
    std::vector<std::size_t> settled_now;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      std::int64_t const change = settled[i] ? 0 : bounded(claims[i], proportional(i)) - proportional(i);
      if (change != 0 && (sum_of_changes == 0 || (change > 0) == (sum_of_changes > 0))) settled_now.push_back(i);
    }
    all_settled = settled_now.empty();
    for (auto const i : settled_now) settled[i] = bounded(claims[i], proportional(i));
    for (auto const i : settled_now) {
      left -= *settled[i];
      weights -= claims[i].weight;
    }
  }
  std::vector<std::int64_t> shares(claims.size());
  for (std::size_t i = 0; i < claims.size(); ++i) shares[i] = settled[i].value_or(proportional(i));
  return shares;
}

std::vector<fitting_heads> heads_that_fit(std::int64_t budget_bytes, std::vector<head_claim> const& claims) {
  struct head {
    std::uint64_t seek_number;
    std::size_t torrent;
    bool has_space = false;
  };
  std::vector<head> newest_first;
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    taken += claims[i].guarantee_bytes;
    for (auto const seek_number : claims[i].heads) newest_first.push_back({seek_number, i});
  }
  std::stable_sort(newest_first.begin(), newest_first.end(),
                   [](head const& a, head const& b) { return a.seek_number > b.seek_number; });

  std::vector<fitting_heads> fitting(claims.size());
  auto const give_a_piece_to = [&](std::size_t i) {
    auto const bytes = fitting[i].bytes + claims[i].piece_bytes;
    // The guarantee is a part of `taken` already.
    auto const more =
        std::max(bytes, claims[i].guarantee_bytes) - std::max(fitting[i].bytes, claims[i].guarantee_bytes);
    if (bytes > claims[i].cap_bytes || (more > 0 && taken + more > budget_bytes)) return false;
    taken += more;
    fitting[i].bytes = bytes;
    return true;
  };
  for (auto& head : newest_first) {
    head.has_space = give_a_piece_to(head.torrent);
    fitting[head.torrent].heads += head.has_space ? 1 : 0;
  }
  for (auto const& head : newest_first)
    if (head.has_space) (void)give_a_piece_to(head.torrent);
  return fitting;
}

std::int64_t pin_limit_bytes(std::int64_t share_bytes, std::int64_t least_bytes) noexcept {
  return std::max<std::int64_t>(std::min(share_bytes / 2, share_bytes - least_bytes), 0);
}

std::vector<piece_range> pieces_of(piece_geometry const& geometry, std::vector<byte_range> const& ranges) {
  std::vector<piece_range> pieces;
  for (auto const& range : ranges) {
    std::int64_t const begin = std::max<std::int64_t>(range.begin, 0);
    std::int64_t const end = std::min(range.end, geometry.total_bytes());
    if (begin >= end) continue;
    pieces.push_back({geometry.piece_at(begin), lt::piece_index_t(number(geometry.piece_at(end - 1)) + 1)});
  }
  return pieces;
}

std::vector<piece_range> without_repeats(std::vector<piece_range> const& pieces) {
  std::set<lt::piece_index_t> named;
  std::vector<piece_range> once;
  for (auto const& range : pieces) {
    bool can_extend = false; // the last range of `once` ends at `piece`
    for (auto piece = range.begin; piece < range.end; ++piece) {
      bool const is_new = named.insert(piece).second;
      if (is_new && can_extend)
        once.back().end = next_piece(piece);
      else if (is_new)
        once.push_back({piece, next_piece(piece)});
      can_extend = is_new;
    }
  }
  return once;
}

std::int64_t resident_bytes(piece_geometry const& geometry, std::vector<piece_range> const& pieces) {
  std::int64_t bytes = 0;
  for (auto const& range : pieces)
    for (auto piece = range.begin; piece < range.end; ++piece) bytes += geometry.resident_bytes(piece);
  return bytes;
}

std::vector<piece_range> first_within(piece_geometry const& geometry, std::vector<piece_range> const& pieces,
                                      std::int64_t limit_bytes) {
  std::vector<piece_range> first;
  for (auto const& range : pieces) {
    auto end = range.begin;
    while (end < range.end && geometry.resident_bytes(end) <= limit_bytes)
      limit_bytes -= geometry.resident_bytes(end++);
    if (end > range.begin) first.push_back({range.begin, end});
    if (end < range.end) break;
  }
  return first;
}

} // namespace memtorrent
