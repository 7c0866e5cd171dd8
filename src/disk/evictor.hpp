// Makes space: finds the piece that goes first over all torrents, and lets it go here and in libtorrent in one step.
//
// Which torrents may lose a piece: all, for the budget's sake; but one that is at its cap makes space for itself, and
// one that uses no more than what is guaranteed to it loses nothing to others.
//
// Thread: the network thread, because the piece leaves libtorrent's picker in the same step (picker_bridge).

#pragma once

#include "bridge/network_thread.hpp"
#include "cache/block_arena.hpp"
#include "disk/disk_counts.hpp"
#include "disk/torrent_slots.hpp"

#include <libtorrent/performance_counters.hpp>

#include <optional>

namespace memtorrent {

class evictor {
 public:
  /// `counters`: libtorrent's own. All of these outlive it.
  evictor(torrent_slots& torrents, block_arena const& arena, network_thread& network, disk_counts& counts,
          lt::counters& counters)
      : m_torrents(torrents), m_arena(arena), m_network(network), m_counts(counts), m_counters(counters) {}

  /// What space is wanted for: a block of `piece` of `torrent`.
  struct arrival {
    torrent_slot& torrent;
    lt::piece_index_t piece;
    /// Pieces that rank below this may go for it. Nothing: the piece's own rank, as it is then.
    std::optional<piece_rank> rank = std::nullopt;
  };

  /// Lets the first piece go that ranks below what arrives. False if there is none.
  bool make_space_for(arrival const& block);

  /// What `take` gives, a block or a generation; as long as that is nothing, pieces that rank below what arrives make
  /// space for it. Nothing if none of them may go.
  template <typename Take>
  auto take_with_space(arrival const& block, Take take) {
    for (;;) {
      auto taken = take();
      if (taken || !make_space_for(block)) return taken;
    }
  }

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

  [[nodiscard]] static piece_rank rank_of(arrival const& block);
  std::vector<torrent_slot*> who_makes_space_for(torrent_slot& torrent);
  bool could_go(torrent_slot& from, lt::piece_index_t piece, bool watch);
  void ask_for_recheck(torrent_slot const& of);
  void let_go(torrent_slot& from, lt::piece_index_t piece);
  [[nodiscard]] bool is_above_budget() const;

  torrent_slots& m_torrents;
  block_arena const& m_arena;
  network_thread& m_network;
  disk_counts& m_counts;
  lt::counters& m_counters;
};

} // namespace memtorrent
