#include "disk/evictor.hpp"

#include "bridge/picker_bridge.hpp"
#include "bridge/recheck.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace memtorrent {

namespace {

constexpr piece_rank above_all_that_may_go{keep_reason::pinned, 0};

} // namespace

template <typename Take>
bool evictor::take_first(std::vector<torrent_slot*> const& from, piece_rank below, choice const* excluded, Take take) {
  struct place {
    torrent_slot* torrent = nullptr;
    eviction_order::walk pieces;
  };
  std::vector<place> places;
  places.reserve(from.size());
  for (auto* torrent : from) places.push_back({torrent, eviction_order::walk(torrent->storage->order())});

  for (;;) {
    place* first = nullptr;
    for (auto& p : places) {
      auto const* const at = p.pieces.current();
      if (at && (!first || at->rank < first->pieces.current()->rank)) first = &p;
    }
    if (!first || !(first->pieces.current()->rank < below)) return false;
    choice const next{first->torrent, first->pieces.current()->piece};
    bool const is_excluded = excluded && excluded->from == next.from && excluded->piece == next.piece;
    // Return at once: to take a piece changes the order, and ends all walks.
    if (!is_excluded && take(next)) return true;
    first->pieces.advance();
  }
}

std::vector<torrent_slot*> evictor::torrents_to_evict_from(torrent_slot& torrent) {
  auto const& account = *torrent.storage->account();
  if (account.used() + block_size_bytes > account.cap()) return {&torrent};
  std::vector<torrent_slot*> torrents;
  m_torrents.for_each([&](torrent_slot& other) {
    auto const& its = *other.storage->account();
    if (&other == &torrent || its.used() > its.guarantee()) torrents.push_back(&other);
  });
  return torrents;
}

piece_rank evictor::rank_of(arrival const& block) {
  return block.rank ? *block.rank : block.torrent.storage->rank(block.piece);
}

bool evictor::make_space_for(arrival const& block) {
  choice const itself{&block.torrent, block.piece};
  return take_first(torrents_to_evict_from(block.torrent), rank_of(block), &itself, [this](choice const& piece) {
    if (!could_go(*piece.from, piece.piece, false)) return false;
    let_go(*piece.from, piece.piece);
    return true;
  });
}

bool evictor::could_make_space_for(arrival const& block) {
  choice const itself{&block.torrent, block.piece};
  return take_first(torrents_to_evict_from(block.torrent), rank_of(block), &itself,
                    [this](choice const& piece) { return could_go(*piece.from, piece.piece, true); });
}

bool evictor::is_above_budget() const {
  auto const& budget = m_arena.budget();
  return budget.used() > budget.limit();
}

bool evictor::is_too_much() {
  bool is_above_a_cap = false;
  m_torrents.for_each([&](torrent_slot const& t) { is_above_a_cap |= t.storage->account()->is_above_cap(); });
  return is_above_a_cap || is_above_budget();
}

void evictor::shrink() {
  auto const let_one_go = [this](std::vector<torrent_slot*> const& from) {
    return take_first(from, above_all_that_may_go, nullptr, [this](choice const& piece) {
      if (!could_go(*piece.from, piece.piece, true)) return false;
      let_go(*piece.from, piece.piece);
      return true;
    });
  };
  std::vector<torrent_slot*> all;
  m_torrents.for_each([&](torrent_slot& torrent) {
    all.push_back(&torrent);
    while (torrent.storage->account()->is_above_cap() && let_one_go({&torrent})) {
    }
  });
  // Torrents above their guarantee lose pieces first. Only then the others: guarantees shrink with the budget.
  auto const has_more_than_its_guarantee = [](torrent_slot const* torrent) {
    return torrent->storage->account()->used() > torrent->storage->account()->guarantee();
  };
  while (is_above_budget()) {
    std::vector<torrent_slot*> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), has_more_than_its_guarantee);
    if (!let_one_go(some) && !let_one_go(all)) return;
  }
}

// The one place that asks libtorrent. A seed has no picker to take the piece out of, so it must be rechecked first.
bool evictor::could_go(torrent_slot& from, lt::piece_index_t piece, bool watch) {
  if (!from.storage->can_go(piece, watch)) return false;
  auto const torrent = picker_bridge::torrent_of(from.torrent.lock());
  if (!torrent) return true;
  switch (picker_bridge::state_of(*torrent, piece)) {
    case picker_bridge::piece_state::in_transition: return false;
    case picker_bridge::piece_state::seed:
      if (!std::exchange(from.recheck_asked, true)) ask_for_recheck(from);
      return false;
    default: return is_sound(from, *torrent);
  }
}

// Where nobody listens nobody plans either, so a piece that goes is not to be downloaded again by itself.
void evictor::ask_for_recheck(torrent_slot const& of) {
  if (auto const listener = of.listener()) {
    listener->on_recheck_needed();
    return;
  }
  // Posted, because libtorrent is in the middle of receiving the block that needs the space.
  m_network.post([&network = m_network, weak = of.torrent, pieces = of.storage->geometry().num_pieces()] {
    auto const torrent = picker_bridge::torrent_of(weak.lock());
    if (torrent) recheck_to_make_space(network, picker_bridge::handle_of(torrent), pieces);
  });
}

void evictor::let_go(torrent_slot& from, lt::piece_index_t piece) {
  auto const storage = from.storage;
  if (auto const torrent = picker_bridge::torrent_of(from.torrent.lock())) {
    bool const was_had = picker_bridge::has_piece(*torrent, piece);
    picker_bridge::let_go(*torrent, piece, m_counters);
    if (picker_bridge::has_deadline(*torrent, piece))
      m_network.post([weak = from.torrent, piece] {
        if (auto const it = picker_bridge::torrent_of(weak.lock())) picker_bridge::forget_unwanted_deadline(*it, piece);
      });
    ++(was_had ? m_counts.complete_pieces_evicted : m_counts.partial_pieces_evicted);
  }
  storage->evict(piece);
  if (auto const listener = from.listener()) listener->on_piece_evicted(piece);
}

void evictor::make_space_in_unpicked(memory_storage& storage) {
  std::vector<eviction_candidate> going;
  for (eviction_order::walk pieces(storage.order()); pieces.current(); pieces.advance())
    if (storage.can_go(pieces.current()->piece)) going.push_back(*pieces.current());
  for (auto const& candidate : going) {
    storage.evict(candidate.piece);
    ++m_counts.complete_pieces_evicted;
    if (!is_too_much()) return;
  }
}

bool evictor::is_sound(torrent_slot& of, lt::torrent& torrent) {
  using check = torrent_slot::check;
  if (of.picker_check == check::not_yet)
    of.picker_check = picker_bridge::self_check(torrent) ? check::failed : check::passed;
  return of.picker_check == check::passed;
}

} // namespace memtorrent
