#include "disk/memory_disk_io.hpp"
#include "disk/memory_disk_state.hpp"

namespace memtorrent {

std::int64_t minimum_budget_bytes(std::int64_t piece_length_bytes) noexcept {
  std::int64_t const blocks = (piece_length_bytes + block_size_bytes - 1) / block_size_bytes;
  return 2 * blocks * block_size_bytes;
}

memory_stats memory_disk::stats() const { return m_state->stats(); }

void memory_disk::set_budget(std::int64_t bytes) { m_state->set_budget(bytes); }

memory_disk_constructor::memory_disk_constructor(memory_disk_config const& config)
    : m_state(std::make_shared<memory_disk_state>(config)) {}

std::unique_ptr<lt::disk_interface> memory_disk_constructor::operator()(lt::io_context& network_thread,
                                                                        lt::settings_interface const& settings,
                                                                        lt::counters& counters) const {
  return std::make_unique<memory_disk_io>(m_state, network_thread, settings, counters);
}

} // namespace memtorrent
