// Text that waits for somebody to read it, and no more than so much of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace memtorrent::cli {

/// Lines in their order. When they take too much, the oldest go, and a line in their place says how many. One thread at
/// a time.
class bounded_text {
 public:
  /// `max_bytes` counts what waits, and not what is left of a line that has been read in part. REQUIRES: above 0.
  explicit bounded_text(std::size_t max_bytes) : m_max_bytes(max_bytes) {}

  /// A line with its end, or any other text that is kept or dropped as a whole. What is longer than all that may wait
  /// is cut. `number` says where it stands among the lines of others; it is higher than that of the line before.
  void push(std::string line, std::uint64_t number);

  /// Nothing would be dropped for it.
  [[nodiscard]] bool has_space_for(std::string_view line) const { return m_waiting_bytes + line.size() <= m_max_bytes; }

  [[nodiscard]] bool is_empty() const { return m_begun.text.empty() && m_waiting.empty(); }

  /// The number of what comes next. REQUIRES: not empty.
  [[nodiscard]] std::uint64_t next_number() const;

  /// What comes next, at most `max_bytes` of it; empty only if all is. Valid until anything else is called.
  [[nodiscard]] std::string_view next(std::size_t max_bytes);

  /// So much of `next` was read.
  void pop(std::size_t bytes) { m_begun.text.erase(0, bytes); }

  void clear();

 private:
  struct numbered_line {
    std::string text;
    std::uint64_t number = 0;
  };

  std::size_t const m_max_bytes;
  // What is left of the line that is being read; such a line is not dropped any more.
  numbered_line m_begun;
  std::deque<numbered_line> m_waiting;
  std::size_t m_waiting_bytes = 0;
  // Before the first of those that wait.
  std::size_t m_dropped = 0;
};

} // namespace memtorrent::cli
