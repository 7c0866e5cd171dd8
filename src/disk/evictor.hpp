// Makes space: finds the piece that goes first over all torrents, and evicts it from RAM and from libtorrent's picker
// in one step.
//
// Which torrents may lose a piece for a block that arrives:
//   - the block's torrent is at its cap: only that torrent
//   - else: that torrent, and each other one that uses more than its guarantee
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

  /// A block of `piece` of `torrent` that needs space.
  struct arrival {
    torrent_slot& torrent;
    lt::piece_index_t piece;
    /// Pieces that rank below this may go for it. Nothing: the rank that the piece has at that moment.
    std::optional<piece_rank> rank = std::nullopt;
  };

  /// Evicts the piece that goes first, if it ranks below `block`. False if there is none.
  bool make_space_for(arrival const& block);

  /// Calls `take` until it returns something (a block or a generation), and before each further try evicts a piece that
  /// ranks below `block`. Nothing if none of them may go.
  template <typename Take>
  auto take_with_space(arrival const& block, Take take) {
    for (;;) {
      auto taken = take();
      if (taken || !make_space_for(block)) return taken;
    }
  }

  /// True if `make_space_for` would find a piece. If only references to blocks keep pieces from going, the budget is
  /// told as soon as one of them is dropped.
  bool could_make_space_for(arrival const& block);

  /// True if the budget or a cap is exceeded, because it was lowered.
  [[nodiscard]] bool is_too_much();
  /// Evicts until that is no longer so, or no piece may go.
  void shrink();

  /// A recheck begins that was asked for to make space. libtorrent has just forgotten which pieces the torrent has, so
  /// they can go without its picker. One piece goes in any case, or the torrent would be a seed again; more go until
  /// neither the budget nor a cap is exceeded.
  void make_space_in_unpicked(memory_storage& storage);

  /// True if pieces of this torrent can be evicted: its picker adds up (`picker_bridge::self_check`).
  static bool is_sound(torrent_slot& of, lt::torrent& torrent);

 private:
  struct choice {
    torrent_slot* from;
    lt::piece_index_t piece;
  };

  /// Offers the pieces of `from` that rank below `below` to `take`, first to go first, until it returns true for one.
  /// `excluded` (may be null) is not offered. False if no piece was taken.
  template <typename Take>
  bool take_first(std::vector<torrent_slot*> const& from, piece_rank below, choice const* excluded, Take take);

  [[nodiscard]] static piece_rank rank_of(arrival const& block);
  std::vector<torrent_slot*> torrents_to_evict_from(torrent_slot& torrent);
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
