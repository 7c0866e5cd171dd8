// Makes space: finds the piece that goes first over all torrents, and lets it go here and in libtorrent in one step.
//
// Which torrents may lose a piece: all, for the budget's sake; but one that is at its cap makes space for itself, and
// one that uses no more than what is guaranteed to it loses nothing to others.
//
// Thread: the network thread, because the piece leaves libtorrent's picker in the same step (picker_bridge).

#pragma once

#include "disk/memory_disk_state.hpp"
#include "disk/torrent_slots.hpp"

#include <libtorrent/performance_counters.hpp>

#include <optional>

namespace memtorrent {

class evictor {
 public:
  evictor(torrent_slots& torrents, memory_disk_state& state, lt::counters& counters)
      : m_torrents(torrents), m_state(state), m_counters(counters) {}

  /// What space is wanted for: a block of `piece` of `torrent`, of that rank.
  struct arrival {
    torrent_slot& torrent;
    lt::piece_index_t piece;
    piece_rank rank;
  };

  /// Lets the first piece go that ranks below what arrives. False if there is none.
  bool make_space_for(arrival const& block);

  /// True if `make_space_for` could let a piece go. When only references keep pieces from going, the budget is told as
  /// soon as one of them is dropped.
  bool could_make_space_for(arrival const& block);

  /// True if the budget or a cap is exceeded, because it was lowered.
  [[nodiscard]] bool is_too_much();
  /// Evicts until that is no longer so, or nothing is left that may go.
  void shrink();

  /// A recheck that was asked for to make space: libtorrent has forgotten the torrent's pieces, so they can go without
  /// it. One goes, or else it would be a seed again, and then what is above the budget or its cap; from then on pieces
  /// go as space is needed.
  void make_space_in_unpicked(memory_storage& storage);

  /// True if pieces of this torrent can be let go.
  static bool is_sound(torrent_slot& of, lt::torrent& torrent);

 private:
  struct choice {
    torrent_slot* from;
    lt::piece_index_t piece;
  };

  /// Goes through the pieces of `from` in the order they go until `take` returns true for one.
  template <typename Take>
  bool first_that(std::vector<torrent_slot*> const& from, piece_rank below, choice const* but, Take take);

  std::vector<torrent_slot*> who_makes_space_for(torrent_slot& torrent);
  bool could_go(torrent_slot& from, lt::piece_index_t piece, bool watch);
  void ask_for_recheck(torrent_slot const& of);
  void let_go(torrent_slot& from, lt::piece_index_t piece);
  [[nodiscard]] bool is_above_budget() const;

  torrent_slots& m_torrents;
  memory_disk_state& m_state;
  lt::counters& m_counters;
};

} // namespace memtorrent
