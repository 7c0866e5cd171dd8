// Turns the pieces that an embedder wants kept into windows, which the order of eviction knows. Pure functions.

#pragma once

#include "cache/eviction.hpp"
#include "memtorrent/torrent_pieces.hpp"

#include <vector>

namespace memtorrent {

struct kept_pieces {
  piece_list at_readers;
  piece_list reserved;
  piece_list behind;
  /// A reader waits for these; the one that has waited longest is first.
  piece_list expected;
};

/// Runs of consecutive pieces, in the order of `pieces`. Pieces that do not exist are left out.
std::vector<piece_range> runs_of(piece_list const& pieces, int num_pieces);
/// The same for a list whose order has no meaning: ascending runs, no piece twice.
std::vector<piece_range> runs_in_any_order(piece_list pieces, int num_pieces);

/// The windows:
///   - one for each run of `at_readers`. Its head is the first piece of the run, and its look-behind is the run of
///     `behind` that ends there.
///   - one for each other run of `behind`. Its head is the last piece of the run. All of it may go.
///   - one for each piece of `expected`.
///
/// Pieces that never go must fit together, or none of them would ever be complete. So at most `most_held` heads are
/// held: first those of `expected`, then those of `at_readers`. The other heads rank as look-ahead.
std::vector<play_window> windows_of(kept_pieces const& kept, int num_pieces, int most_held);

} // namespace memtorrent
