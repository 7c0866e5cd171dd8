#include "disk/memory_disk_io.hpp"
#include "disk/memory_disk_state.hpp"
#include "memtorrent/memory_disk.hpp"

namespace memtorrent {

memory_disk_constructor::memory_disk_constructor(memory_disk_config const& config)
    : m_state(std::make_shared<memory_disk_state>(config)) {}

std::unique_ptr<lt::disk_interface> memory_disk_constructor::operator()(lt::io_context& network_thread,
                                                                        lt::settings_interface const& settings,
                                                                        lt::counters& counters) const {
  return std::make_unique<memory_disk_io>(m_state, network_thread, settings, counters);
}

} // namespace memtorrent
