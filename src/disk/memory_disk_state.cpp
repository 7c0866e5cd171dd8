#include "disk/memory_disk_state.hpp"

#include "disk/reader_space.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

memory_disk_state::memory_disk_state(memory_disk_config const& config)
    : m_config(config),
      m_arena(block_arena::create(config.budget_bytes)),
      m_network(std::make_shared<network_thread>()),
      m_shares(m_arena),
      m_least_budget(config.budget_bytes) {}

memory_stats memory_disk_state::stats() const {
  memory_stats s;
  s.budget_bytes = m_arena->budget().limit();
  s.used_bytes = m_arena->budget().used();
  s.peak_bytes = m_arena->budget().peak();
  s.mapped_bytes = m_arena->mapped_bytes();
  s.complete_pieces_evicted = m_counts.complete_pieces_evicted;
  s.partial_pieces_evicted = m_counts.partial_pieces_evicted;
  s.blocks_dropped = m_counts.blocks_dropped;
  s.pieces_repaired = m_counts.repairs.pieces_repaired;
  s.peers_banned = m_counts.repairs.peers_banned;
  return s;
}

void memory_disk_state::add(void const* torrent, std::shared_ptr<memory_storage> const& storage) {
  m_torrents.add(torrent, storage);
  m_shares.add(storage);
  update_budget();
}

void memory_disk_state::remove(memory_storage const& storage) {
  (void)m_arena->budget().guarantee(storage.account(), 0); // giving a guarantee back never fails
  m_torrents.remove(storage);
  update_budget();
  m_shares.remove(storage);
}

void memory_disk_state::set_budget(std::int64_t bytes) {
  {
    locked const lock(m_mutex);
    m_least_budget = bytes;
  }
  limits_changed();
}

void memory_disk_state::limits_changed() {
  update_budget();
  m_shares.limits_changed();
  post([](reader_space& space) { space.limits_changed(); });
}

bool memory_disk_state::post(std::function<void(reader_space&)> work) {
  return m_network->post([self = shared_from_this(), work = std::move(work)] {
    if (auto* const space = self->space()) work(*space);
  });
}

void memory_disk_state::attach(lt::io_context& io, reader_space& space) {
  m_network->open(io);
  locked const lock(m_mutex);
  m_space = &space;
}

void memory_disk_state::detach() noexcept {
  m_network->close();
  locked const lock(m_mutex);
  m_space = nullptr;
}

reader_space* memory_disk_state::space() const {
  locked const lock(m_mutex);
  return m_space;
}

std::int64_t memory_disk_state::wanted_budget() const {
  auto const caps = m_config.budget_follows_caps ? m_torrents.sum_of_caps() : 0;
  locked const lock(m_mutex);
  return std::max(m_least_budget, caps);
}

// `set_limit` may call back, so no lock is held here. The loop goes on until the limit is what is wanted now, also when
// another thread changes it meanwhile. Free memory is kept for reuse while there is a torrent, and given back to the
// system after the last one.
void memory_disk_state::update_budget() {
  auto& budget = m_arena->budget();
  for (auto limit = wanted_budget(); budget.limit() != limit; limit = wanted_budget()) budget.set_limit(limit);
  m_arena->retain(m_torrents.empty() ? 0 : budget.limit());
}

} // namespace memtorrent
