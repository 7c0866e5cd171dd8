// A clock that jumps from one event to the next.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace memtorrent::sim {

using namespace std::chrono_literals;

class event_loop {
 public:
  using clock = std::chrono::steady_clock;
  using duration = clock::duration;
  using time_point = clock::time_point;

  [[nodiscard]] time_point now() const { return m_now; }
  void at(time_point time, std::function<void()> event) {
    m_events.emplace(std::pair(std::max(time, m_now), m_next_number++), std::move(event));
  }
  void after(duration delay, std::function<void()> event) { at(m_now + delay, std::move(event)); }

  void run_until(time_point end) {
    while (!m_events.empty() && m_events.begin()->first.first <= end) {
      m_now = m_events.begin()->first.first;
      auto event = m_events.extract(m_events.begin());
      event.mapped()();
    }
    m_now = end;
  }

 private:
  // Far from where the clock's count is 0, which stands for "never".
  time_point m_now = time_point() + 1h;
  std::uint64_t m_next_number = 0;
  // Of two at the same time the one that was set first comes first.
  std::map<std::pair<time_point, std::uint64_t>, std::function<void()>> m_events;
};

} // namespace memtorrent::sim
