#include "cli/bounded_text.hpp"

#include <utility>

namespace memtorrent::cli {

void bounded_text::push(std::string line, std::uint64_t number) {
  if (line.size() > m_max_bytes) {
    line.resize(m_max_bytes);
    line.back() = '\n';
  }
  while (!has_space_for(line)) {
    m_waiting_bytes -= m_waiting.front().text.size();
    m_waiting.pop_front();
    ++m_dropped;
  }
  m_waiting_bytes += line.size();
  m_waiting.push_back({std::move(line), number});
}

std::uint64_t bounded_text::next_number() const {
  return m_begun.text.empty() ? m_waiting.front().number : m_begun.number;
}

std::string_view bounded_text::next(std::size_t max_bytes) {
  if (m_begun.text.empty() && m_dropped > 0) {
    m_begun = {"(messages that nobody read are missing here: " + std::to_string(std::exchange(m_dropped, 0)) + ")\n",
               next_number()};
  } else if (m_begun.text.empty() && !m_waiting.empty()) {
    m_begun = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_waiting_bytes -= m_begun.text.size();
  }
  return std::string_view(m_begun.text).substr(0, max_bytes);
}

void bounded_text::clear() {
  m_begun = {};
  m_waiting.clear();
  m_waiting_bytes = 0;
  m_dropped = 0;
}

} // namespace memtorrent::cli
