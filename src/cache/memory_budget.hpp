// The one number that bounds all block memory: reserve first, then admit.
//
// Invariants:
//   1. used() never grows above limit(). (It may be above it for a while after limit() was lowered.)
//   2. Every live block was reserved here, and is released here when its last reference goes.
//   3. What an account has not used of its guarantee is given to nobody else.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/memory_account.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace memtorrent {

class memory_budget {
 public:
  explicit memory_budget(std::int64_t limit_bytes) noexcept : m_limit(limit_bytes) {}

  /// Takes `bytes` out of the budget, or takes nothing and returns false. With an account, they count there too, and
  /// its cap holds.
  [[nodiscard]] bool try_reserve(std::int64_t bytes, memory_account* account = nullptr);

  /// Gives `bytes` back. May run the callback of `when_released`, on this thread.
  void release(std::int64_t bytes, memory_account* account = nullptr) noexcept;

  /// True if `try_reserve` would succeed now.
  [[nodiscard]] bool has_space(std::int64_t bytes, memory_account const* account = nullptr) const;

  /// Runs `callback` once: inside the next `release`, `set_limit` or `something_changed`, on whatever thread calls
  /// that. A second call replaces the first. Call this first, then look for space: else a release in between is missed.
  /// All three may run in destructors, so they throw nothing. A callback that throws (out of memory) is kept, and runs
  /// again at the next change.
  void when_released(std::function<void()> callback);

  void set_limit(std::int64_t bytes) noexcept;

  /// Keeps `bytes` of the budget for an account; 0 takes that back. False, with nothing changed, when all guarantees
  /// together would exceed the budget. When the budget is lowered below their sum later, each shrinks in proportion.
  [[nodiscard]] bool guarantee(std::shared_ptr<memory_account> const& account, std::int64_t bytes);
  [[nodiscard]] std::int64_t guaranteed_bytes() const;

  /// Runs the callback of `when_released` now: a piece may have become free to go.
  void something_changed() noexcept;

  [[nodiscard]] std::int64_t limit() const noexcept { return m_limit.load(); }
  [[nodiscard]] std::int64_t used() const noexcept { return m_used.load(); }
  [[nodiscard]] std::int64_t peak() const noexcept { return m_peak.load(); }

 private:
  std::int64_t kept_for_others_than(memory_account const* account) const;
  std::int64_t sum_of_guarantees() const REQUIRES_LOCK(m_mutex);
  std::function<void()> take_waiter() noexcept;
  void keep_waiter(std::function<void()> callback) noexcept;

  std::atomic<std::int64_t> m_limit;
  std::atomic<std::int64_t> m_used{0};
  std::atomic<std::int64_t> m_peak{0};

  // These two spare `release` and `try_reserve` the mutex when nobody waits and nothing is guaranteed: nearly always.
  std::atomic<bool> m_has_waiter{false};
  std::atomic<bool> m_has_guarantees{false};
  mutable annotated_mutex m_mutex;
  std::function<void()> m_on_release GUARDED_BY(m_mutex);
  std::vector<std::shared_ptr<memory_account>> m_guaranteed GUARDED_BY(m_mutex);
};

} // namespace memtorrent
