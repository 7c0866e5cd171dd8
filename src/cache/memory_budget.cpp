#include "cache/memory_budget.hpp"

#include <utility>

namespace memtorrent {

bool memory_budget::try_reserve(std::int64_t bytes) noexcept {
  std::int64_t used = m_used.load();
  do {
    if (used + bytes > m_limit.load()) return false;
  } while (!m_used.compare_exchange_weak(used, used + bytes));

  std::int64_t const now = used + bytes;
  std::int64_t peak = m_peak.load();
  while (peak < now && !m_peak.compare_exchange_weak(peak, now)) {
  }
  return true;
}

void memory_budget::release(std::int64_t bytes) {
  m_used.fetch_sub(bytes);
  if (m_has_waiter.load()) wake_waiter();
}

void memory_budget::when_room(std::int64_t bytes, std::function<void()> callback) {
  {
    locked const lock(m_mutex);
    m_wanted_bytes = bytes;
    std::swap(m_on_room, callback); // what waited before goes after the lock
    m_has_waiter = true;
  }
  callback = nullptr;
  // What was released before the flag was up would otherwise wake nobody.
  wake_waiter();
}

void memory_budget::set_limit(std::int64_t bytes) {
  m_limit = bytes;
  if (m_has_waiter.load()) wake_waiter();
}

void memory_budget::wake_anyway() { wake_waiter(true); }

void memory_budget::wake_waiter(bool without_room) {
  std::function<void()> callback;
  {
    locked const lock(m_mutex);
    if (!m_on_room || (!without_room && m_used.load() + m_wanted_bytes > m_limit.load())) return;
    callback = std::exchange(m_on_room, nullptr);
    m_has_waiter = false;
  }
  callback();
}

} // namespace memtorrent
