// How the torrents that are being read share the budget, which readers there is space for, and how much of its share a
// torrent may pin. Pure functions.

#pragma once

#include "cache/eviction.hpp"
#include "cache/piece_geometry.hpp"

#include <cstdint>
#include <vector>

namespace memtorrent {

struct share_claim {
  /// How much it counts beside the others; 0 for a torrent that nobody plays, which has no share, but keeps what is
  /// guaranteed to it.
  int weight = 0;
  std::int64_t cap_bytes = 0;
  std::int64_t guarantee_bytes = 0;
};

/// What each torrent's windows may take, in the order of `claims`: in proportion to its weight, but at least its
/// guarantee and at most its cap, which leaves more to the others. The sum is at most the budget, as long as the
/// guarantees are.
std::vector<std::int64_t> share_budget(std::int64_t budget_bytes, std::vector<share_claim> const& claims);

/// The readers of one torrent.
struct head_claim {
  std::int64_t cap_bytes = 0;
  std::int64_t guarantee_bytes = 0;
  /// RAM that one of its pieces takes.
  std::int64_t piece_bytes = 0;
  /// Its play heads, each by when it came to where it is: a count that goes up, over all torrents. Heads in the same
  /// piece are one.
  std::vector<std::uint64_t> heads;
};

struct fitting_heads {
  /// So many of its heads, those that came last, have space for a piece each.
  int heads = 0;
  /// What they have space for together.
  std::int64_t bytes = 0;

  friend bool operator==(fitting_heads const& a, fitting_heads const& b) {
    return a.heads == b.heads && a.bytes == b.bytes;
  }
};

/// For which heads there is space. The piece that a head is in never goes, so all of them together must fit: two
/// torrents with half a piece each, and space for neither's other half, would wait for ever. The heads that came last
/// have space for one piece first, as long as it lasts; then, in the same order, for a second one each.
std::vector<fitting_heads> heads_that_fit(std::int64_t budget_bytes, std::vector<head_claim> const& claims);

/// How much of a share may be pinned: half of it, and never what the smallest windows need.
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
