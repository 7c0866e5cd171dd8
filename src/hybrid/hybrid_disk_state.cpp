#include "hybrid/hybrid_disk_state.hpp"

#include "disk/memory_disk_state.hpp"

#include <utility>

namespace memtorrent {

void hybrid_disk_state::post(std::function<void(disk_router&)> work) {
  m_memory_constructor.disk().state()->network()->post([self = shared_from_this(), work = std::move(work)] {
    disk_router* router = nullptr;
    {
      locked const lock(self->m_mutex);
      router = self->m_router;
    }
    // The router is destroyed on this thread, so it stays while `work` runs.
    if (router) work(*router);
  });
}

void hybrid_disk_state::attach(disk_router& router) {
  locked const lock(m_mutex);
  m_router = &router;
}

void hybrid_disk_state::detach() noexcept {
  locked const lock(m_mutex);
  m_router = nullptr;
}

} // namespace memtorrent
