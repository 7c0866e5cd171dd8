#include "disk/back_pressure.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// Space for what a few peers still send before they hear that they are to wait.
std::int64_t spare_blocks(memory_budget const& budget) {
  return std::clamp<std::int64_t>(budget.limit() / block_size_bytes / 64, 1, 16);
}

} // namespace

void back_pressure::set_max_queued(std::int64_t bytes) {
  m_max_queued_bytes = bytes;
  check();
}

std::int64_t back_pressure::high_mark() const noexcept {
  return std::max<std::int64_t>({m_max_queued_bytes, m_arena.budget().limit() / 8, block_size_bytes});
}

bool back_pressure::hold_back(torrent_slot& torrent, std::shared_ptr<lt::disk_observer> const& observer) {
  if (m_ended) return false;
  auto why = reason::hashing;
  if (m_arena.unhashed_bytes() < high_mark()) {
    if (has_space(torrent, spare_blocks(m_arena.budget()))) return false;
    why = reason::space;
  }
  if (!observer) return true; // the embedder added the block itself: nobody to tell
  m_held.push_back({observer, torrent.storage, why});
  // Before it was known that a peer waits, workers may have come down to the low mark, or blocks been released.
  check();
  return true;
}

bool back_pressure::has_space(torrent_slot& torrent, std::int64_t blocks) {
  auto const& storage = *torrent.storage;
  auto const& budget = m_arena.budget();
  if (budget.has_space(blocks * block_size_bytes, storage.account().get())) return true;
  constexpr lt::piece_index_t no_piece{-1};
  bool const is_streamed = torrent.listener() != nullptr;
  auto const rank = is_streamed ? piece_rank{keep_reason::pinned, 0} : storage.rank(no_piece);
  return m_evictor.could_make_space_for({torrent, no_piece, rank});
}

bool back_pressure::may_go_on(held_peer const& peer) {
  auto const storage = peer.storage.lock();
  torrent_slot* const torrent = storage ? m_torrents.find(*storage) : nullptr;
  if (!torrent) return true;
  if (peer.why == reason::hashing) return m_arena.unhashed_bytes() <= high_mark() / 2;
  auto const spare = spare_blocks(m_arena.budget());
  return has_space(*torrent, spare + spare / 2);
}

void back_pressure::check() {
  if (m_held.empty()) return;
  auto const waits_for = [this](reason why) {
    return std::any_of(m_held.begin(), m_held.end(), [why](held_peer const& peer) { return peer.why == why; });
  };
  // First say that somebody waits, then look: else a change in between is missed.
  if (waits_for(reason::hashing)) m_waits_for_hashing = true;
  if (waits_for(reason::space)) m_signal.await(m_arena.budget());
  tell_if([this](held_peer const& peer) { return may_go_on(peer); });
}

void back_pressure::blocks_hashed() {
  if (!m_waits_for_hashing.load() || m_arena.unhashed_bytes() > high_mark() / 2) return;
  if (m_waits_for_hashing.exchange(false)) m_signal.raise();
}

void back_pressure::let_go_on(memory_storage const& storage) {
  tell_if([&](held_peer const& peer) { return peer.storage.lock().get() == &storage; });
}

void back_pressure::end() {
  m_ended = true;
  tell_if([](held_peer const&) { return true; });
}

template <typename Predicate>
void back_pressure::tell_if(Predicate may_go_on) {
  auto const first = std::stable_partition(m_held.begin(), m_held.end(), [&](auto const& p) { return !may_go_on(p); });
  for (auto peer = first; peer != m_held.end(); ++peer)
    if (auto observer = peer->observer.lock())
      boost::asio::post(m_io, [observer = std::move(observer)] { observer->on_disk(); });
  m_held.erase(first, m_held.end());
}

} // namespace memtorrent
