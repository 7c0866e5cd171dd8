#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace memtorrent::cli {

namespace {

// Back to the first column, and erase to the end (ECMA-48, EL).
constexpr char const* erase_line = "\r\x1b[K";
constexpr int usual_columns = 80;

} // namespace

console::console(std::ostream& out, std::function<int()> columns) : m_out(out), m_columns(std::move(columns)) {}

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
  clear_progress();
  m_out << line << '\n' << std::flush;
}

void console::progress(std::string const& line, std::string const& reason, clock::time_point now) {
  if (m_columns) {
    // A line that wraps could not be redrawn.
    auto const space = static_cast<std::size_t>(std::max(m_columns() - 1, 0));
    m_out << erase_line << line.substr(0, space) << std::flush;
    m_has_progress = true;
    return;
  }
  bool const is_due =
      m_last_line.empty() || reason != m_last_reason || (line != m_last_line && now - m_last_time >= plain_interval);
  if (!is_due) return;
  m_out << line << '\n' << std::flush;
  m_last_line = line;
  m_last_reason = reason;
  m_last_time = now;
}

void console::clear_progress() {
  if (std::exchange(m_has_progress, false)) m_out << erase_line << std::flush;
}

} // namespace memtorrent::cli
