#include "disk/memory_disk_state.hpp"

#include "disk/memory_disk_io.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>

namespace memtorrent {

namespace {

std::int64_t piece_bytes(memory_storage const& storage) {
  auto const& geometry = storage.geometry();
  return std::min(minimum_budget_bytes(geometry.piece_length_bytes()) / 2, geometry.resident_bytes());
}

} // namespace

memory_stats memory_disk_state::stats() const {
  memory_stats s;
  s.budget_bytes = m_arena->budget().limit();
  s.used_bytes = m_arena->budget().used();
  s.peak_bytes = m_arena->budget().peak();
  s.mapped_bytes = m_arena->mapped_bytes();
  s.complete_pieces_evicted = complete_pieces_evicted;
  s.partial_pieces_evicted = partial_pieces_evicted;
  s.blocks_dropped = blocks_dropped;
  s.pieces_repaired = pieces_repaired;
  s.peers_banned = peers_banned;
  return s;
}

void memory_disk_state::set_budget(std::int64_t bytes) {
  {
    locked const lock(m_mutex);
    m_least_budget = bytes;
  }
  update_limit();
  post([](memory_disk_io& disk) { disk.budget_changed(); });
}

void memory_disk_state::caps_changed() {
  if (m_config.budget_follows_caps) update_limit();
}

std::shared_ptr<memory_storage> memory_disk_state::find(lt::torrent_handle const& torrent) const {
  auto const native = torrent.native_handle();
  locked const lock(m_mutex);
  auto const found = std::find_if(m_torrents.begin(), m_torrents.end(),
                                  [&](entry const& e) { return e.torrent == static_cast<void const*>(native.get()); });
  return native && found != m_torrents.end() ? found->storage : nullptr;
}

bool memory_disk_state::post(std::function<void(memory_disk_io&)> work) {
  locked const lock(m_mutex);
  if (!m_network_thread) return false;
  boost::asio::post(*m_network_thread, [self = shared_from_this(), work = std::move(work)] {
    if (auto* const disk = self->disk()) work(*disk);
  });
  return true;
}

memory_disk_io* memory_disk_state::disk() const {
  locked const lock(m_mutex);
  return m_disk;
}

void memory_disk_state::attach(lt::io_context& network_thread, memory_disk_io& disk) {
  locked const lock(m_mutex);
  if (std::exchange(m_was_attached, true))
    throw std::logic_error("a memory_disk_constructor serves one session; make another one for the second");
  m_network_thread = &network_thread;
  m_disk = &disk;
}

void memory_disk_state::detach() noexcept {
  locked const lock(m_mutex);
  m_network_thread = nullptr;
  m_disk = nullptr;
}

void memory_disk_state::add(void const* torrent, std::shared_ptr<memory_storage> storage) {
  locked const lock(m_mutex);
  m_torrents.push_back({torrent, std::move(storage), {}});
  update_retained();
}

void memory_disk_state::remove(memory_storage const& storage) {
  (void)m_arena->budget().guarantee(storage.account(), 0);
  set_need(storage, {});
  {
    locked const lock(m_mutex);
    m_torrents.erase(std::remove_if(m_torrents.begin(), m_torrents.end(),
                                    [&](entry const& e) { return e.storage.get() == &storage; }),
                     m_torrents.end());
  }
  update_limit();
}

void memory_disk_state::await_space() {
  m_arena->budget().when_released([weak = weak_from_this()] {
    if (auto const state = weak.lock()) state->post([](memory_disk_io& disk) { disk.space_changed(); });
  });
}

void memory_disk_state::set_need(memory_storage const& storage, readers_need need) {
  {
    locked const lock(m_mutex);
    auto const found =
        std::find_if(m_torrents.begin(), m_torrents.end(), [&](entry const& e) { return e.storage.get() == &storage; });
    if (found == m_torrents.end()) return;
    auto const before = std::exchange(found->need, std::move(need));
    if (before.weight == found->need.weight && before.heads == found->need.heads) return;
  }
  post([](memory_disk_io& disk) { disk.shares_changed(); });
}

bool memory_disk_state::is_another_read(memory_storage const& storage,
                                        std::chrono::steady_clock::time_point since) const {
  locked const lock(m_mutex);
  return std::any_of(m_torrents.begin(), m_torrents.end(), [&](entry const& e) {
    return e.storage.get() != &storage && e.need.weight > 0 && e.need.last_read >= since;
  });
}

memory_disk_state::budget_share memory_disk_state::share_of(memory_storage const& storage, int least_weight) const {
  auto const budget = m_arena->budget().limit();
  std::vector<share_claim> claims;
  std::vector<head_claim> heads;
  std::optional<std::size_t> mine;
  {
    locked const lock(m_mutex);
    for (auto const& e : m_torrents) {
      auto const& account = *e.storage->account();
      claims.push_back({e.need.weight, account.cap(), account.guarantee()});
      heads.push_back({account.cap(), account.guarantee(), piece_bytes(*e.storage), e.need.heads});
      if (e.storage.get() != &storage) continue;
      mine = claims.size() - 1;
      claims.back().weight = std::max(e.need.weight, least_weight);
    }
  }
  if (!mine) return {};
  auto const fitting = heads_that_fit(budget, heads);
  for (std::size_t i = 0; i < claims.size(); ++i)
    claims[i].guarantee_bytes = std::max(claims[i].guarantee_bytes, fitting[i].bytes);
  return {share_budget(budget, claims)[*mine], fitting[*mine]};
}

std::int64_t memory_disk_state::most_pinned_bytes(memory_storage const& storage) const {
  auto const share = share_of(storage, 1);
  auto const least = minimum_budget_bytes(storage.geometry().piece_length_bytes());
  return pin_limit_bytes(share.bytes, std::max(share.fitting.bytes, least));
}

std::int64_t memory_disk_state::wanted_limit() const {
  locked const lock(m_mutex);
  std::int64_t caps = 0;
  if (m_config.budget_follows_caps)
    for (auto const& e : m_torrents)
      if (e.storage->account()->cap() != memory_account::no_cap) caps += e.storage->account()->cap();
  return std::max(m_least_budget, caps);
}

// Who waits for space is called by the budget, so no lock is held; whoever else changes it meanwhile is not overruled.
void memory_disk_state::update_limit() {
  auto& budget = m_arena->budget();
  for (auto limit = wanted_limit(); budget.limit() != limit; limit = wanted_limit()) budget.set_limit(limit);
  locked const lock(m_mutex);
  update_retained();
}

// Free memory is kept for reuse while there is a torrent to use it. Users rightly expect it back after playback.
void memory_disk_state::update_retained() { m_arena->retain(m_torrents.empty() ? 0 : m_arena->budget().limit()); }

} // namespace memtorrent
