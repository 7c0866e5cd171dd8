// Which pieces an embedder wants kept, in the terms of the order of eviction: windows and pins. Pure functions.

#pragma once

#include "cache/eviction.hpp"
#include "memtorrent/torrent_pieces.hpp"

#include <vector>

namespace memtorrent {

struct kept_pieces {
  piece_list at_readers;
  piece_list reserved;
  piece_list behind;
  /// Somebody waits for these, longest first.
  piece_list expected;
};

/// Runs of consecutive pieces, in the order in which they begin in `pieces`; what is below 0 or not below `num_pieces`
/// is left out.
std::vector<piece_range> runs_of(piece_list const& pieces, int num_pieces);
/// The same of a list whose order says nothing: ascending, and no piece twice.
std::vector<piece_range> runs_in_any_order(piece_list pieces, int num_pieces);

/// A window for each run at a reader, whose head is its first piece, with the run behind that ends there; one for each
/// other run behind, seen from its end, all of which may go; and one for each piece that is expected.
///
/// Pieces that never go must fit beside each other, or none of them would ever be complete. So at most `most_held`
/// heads are held: of what is expected, then of what readers are at. The others count as ahead.
std::vector<play_window> windows_of(kept_pieces const& kept, int num_pieces, int most_held);

} // namespace memtorrent
