// What one torrent takes of the budget, what it may take at the most, and what is kept for it.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace memtorrent {

class memory_account {
 public:
  static constexpr std::int64_t no_cap = std::numeric_limits<std::int64_t>::max();

  /// Bytes of the torrent's blocks that are alive, for whatever reason.
  [[nodiscard]] std::int64_t used() const noexcept { return m_used.load(); }

  /// The most that `used` may grow to. After the cap was lowered, `used` is above it until pieces are evicted.
  [[nodiscard]] std::int64_t cap() const noexcept { return m_cap.load(); }
  void set_cap(std::int64_t bytes) noexcept { m_cap = bytes; }

  /// Bytes that no other torrent may take. Set through `memory_budget::guarantee`.
  [[nodiscard]] std::int64_t guarantee() const noexcept { return m_guarantee.load(); }

  [[nodiscard]] bool is_above_cap() const noexcept { return used() > cap(); }

 private:
  friend class memory_budget;

  std::atomic<std::int64_t> m_used{0};
  std::atomic<std::int64_t> m_cap{no_cap};
  std::atomic<std::int64_t> m_guarantee{0};
};

} // namespace memtorrent
