// How the budget is shared. Pure functions:
//
//   - what each torrent that is being read may take (share_budget)
//   - for which readers there is space (heads_that_fit)
//   - how much of its share a torrent may pin (pin_limit_bytes)

#pragma once

#include "cache/eviction.hpp"
#include "cache/piece_geometry.hpp"

#include <cstdint>
#include <vector>

namespace memtorrent {

struct share_claim {
  /// How much it counts beside the others. 0: nobody plays it; it has no share, but keeps its guarantee.
  int weight = 0;
  std::int64_t cap_bytes = 0;
  std::int64_t guarantee_bytes = 0;
};

/// What each torrent's windows may take, in the order of `claims`:
///
///     share = budget * weight / sum of weights, but at least min(guarantee, cap) and at most cap
///
/// What a cap leaves goes to the others, and what a guarantee adds comes from them. The sum of shares is at most the
/// budget if the sum of guarantees is.
std::vector<std::int64_t> share_budget(std::int64_t budget_bytes, std::vector<share_claim> const& claims);

/// The readers of one torrent.
struct head_claim {
  std::int64_t cap_bytes = 0;
  std::int64_t guarantee_bytes = 0;
  /// RAM that one of its pieces takes.
  std::int64_t piece_bytes = 0;
  /// The seek number of each of its play heads. Seeks are counted over all torrents, so a larger number came later.
  /// Heads in the same piece are one.
  std::vector<std::uint64_t> heads;
};

struct fitting_heads {
  /// How many of its heads have space for a piece each: those that came last.
  int heads = 0;
  /// The space of all of them.
  std::int64_t bytes = 0;

  friend bool operator==(fitting_heads const& a, fitting_heads const& b) {
    return a.heads == b.heads && a.bytes == b.bytes;
  }
};

/// For which heads there is space. The piece that a head is in is never evicted, so these pieces must fit together.
/// (Two torrents with half a piece each, and no space for the other halves, would wait for ever.) The budget is given
/// out, as long as it lasts:
///   1. one piece to each head, the head that came last first
///   2. a second piece to each of these, in the same order
std::vector<fitting_heads> heads_that_fit(std::int64_t budget_bytes, std::vector<head_claim> const& claims);

/// How much of a share may be pinned: min(share / 2, share - least), at least 0. `least_bytes`: what the smallest
/// windows need.
std::int64_t pin_limit_bytes(std::int64_t share_bytes, std::int64_t least_bytes) noexcept;

/// The pieces that hold `ranges`, in their order.
std::vector<piece_range> pieces_of(piece_geometry const& geometry, std::vector<byte_range> const& ranges);

/// The same pieces in the same order, each named once.
std::vector<piece_range> without_repeats(std::vector<piece_range> const& pieces);

/// Bytes of RAM that pieces take, in whole blocks. A piece that is named twice counts twice.
std::int64_t resident_bytes(piece_geometry const& geometry, std::vector<piece_range> const& pieces);

/// The first of `pieces` that take at most `limit_bytes` together.
std::vector<piece_range> first_within(piece_geometry const& geometry, std::vector<piece_range> const& pieces,
                                      std::int64_t limit_bytes);

} // namespace memtorrent
