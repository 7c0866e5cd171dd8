// The one number that bounds all block memory: reserve first, then admit.
//
// Invariants:
//   1. used() never grows above limit(). (It may be above it for a while after limit() was lowered.)
//   2. Every live block was reserved here, and is released here when its last reference goes.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"

#include <atomic>
#include <cstdint>
#include <functional>

namespace memtorrent {

class memory_budget {
 public:
  explicit memory_budget(std::int64_t limit_bytes) noexcept : m_limit(limit_bytes) {}

  /// Takes `bytes` out of the budget, or takes nothing and returns false.
  [[nodiscard]] bool try_reserve(std::int64_t bytes) noexcept;

  /// Gives `bytes` back. May run the callback of `when_room`, on this thread.
  void release(std::int64_t bytes);

  /// Runs `callback` once, as soon as `bytes` could be reserved: inside this call, or inside a later `release` or
  /// `set_limit` on whatever thread calls that. A second call replaces the first.
  void when_room(std::int64_t bytes, std::function<void()> callback);

  void set_limit(std::int64_t bytes);

  /// True if a callback of `when_room` waits.
  [[nodiscard]] bool is_awaited() const noexcept { return m_has_waiter.load(); }

  /// Runs the callback of `when_room` now, whether there is room or not: something may have become free to be evicted.
  void wake_anyway();

  [[nodiscard]] std::int64_t limit() const noexcept { return m_limit.load(); }
  [[nodiscard]] std::int64_t used() const noexcept { return m_used.load(); }
  [[nodiscard]] std::int64_t peak() const noexcept { return m_peak.load(); }

 private:
  void wake_waiter(bool without_room = false);

  std::atomic<std::int64_t> m_limit;
  std::atomic<std::int64_t> m_used{0};
  std::atomic<std::int64_t> m_peak{0};

  // Spares `release` the mutex when nobody waits, which is nearly always.
  std::atomic<bool> m_has_waiter{false};
  annotated_mutex m_mutex;
  std::int64_t m_wanted_bytes GUARDED_BY(m_mutex) = 0;
  std::function<void()> m_on_room GUARDED_BY(m_mutex);
};

} // namespace memtorrent
