// Something that happens on one thread and is waited for on another.

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace memtorrent::test {

/// Long enough for a busy machine under a sanitizer; only a failing test waits this long.
inline constexpr std::chrono::seconds patience{20};

/// Any thread.
class event_count {
 public:
  void add() {
    std::lock_guard const lock(m_mutex);
    ++m_count;
    m_changed.notify_all();
  }

  [[nodiscard]] std::int64_t count() const {
    std::lock_guard const lock(m_mutex);
    return m_count;
  }

  /// False if it did not happen `times` times in good time.
  [[nodiscard]] bool reaches(std::int64_t times) const {
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, patience, [&] { return m_count >= times; });
  }

 private:
  mutable std::mutex m_mutex; // guards m_count
  mutable std::condition_variable m_changed;
  std::int64_t m_count = 0;
};

} // namespace memtorrent::test
