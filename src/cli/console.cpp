#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace memtorrent::cli {

namespace {

// Back to the first column, and erase to the end (ECMA-48, EL).
constexpr char const* erase_line = "\r\x1b[K";
constexpr int usual_columns = 80;

} // namespace

console::console(screen& out, std::function<int()> columns) : m_out(out), m_columns(std::move(columns)) {}

console::~console() { clear_progress(); }

std::function<int()> console::columns_of_stderr() {
  if (isatty(STDERR_FILENO) == 0) return nullptr;
  return [] {
    winsize size{};
    bool const is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? static_cast<int>(size.ws_col) : usual_columns;
  };
}

void console::message(std::string_view line) {
  auto text = std::string(std::exchange(m_has_progress, false) ? erase_line : "");
  text.append(line).append("\n");
  m_out.write(std::move(text));
}

void console::progress(std::string const& line, std::string const& reason, clock::time_point now) {
  if (m_columns) {
    // A line that wraps could not be redrawn.
    auto const space = static_cast<std::size_t>(std::max(m_columns() - 1, 0));
    if (m_out.write_if_idle(erase_line + line.substr(0, space))) m_has_progress = true;
    return;
  }
  bool const is_due =
      m_last_line.empty() || reason != m_last_reason || (line != m_last_line && now - m_last_time >= plain_interval);
  if (!is_due || !m_out.write_if_idle(line + "\n")) return;
  m_last_line = line;
  m_last_reason = reason;
  m_last_time = now;
}

void console::clear_progress() {
  if (std::exchange(m_has_progress, false)) m_out.write(erase_line);
}

} // namespace memtorrent::cli
