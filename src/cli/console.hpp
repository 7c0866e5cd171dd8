// stderr, where people read: messages, and a line of progress that is redrawn in a terminal and repeated elsewhere.
// stdout is left to the URL, so that a script can take it from there.

#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace memtorrent::cli {

/// One thread at a time. Waits for nobody who reads.
class console {
 public:
  using clock = std::chrono::steady_clock;
  /// Elsewhere than in a terminal: at most one line in this time, unless what is waited for changes.
  static constexpr std::chrono::seconds plain_interval{5};

  /// Where it writes.
  class screen {
   public:
    screen() = default;
    screen(screen const&) = delete;
    screen& operator=(screen const&) = delete;

    virtual void write(std::string text) = 0;
    /// False, and nothing is written, while earlier text still waits for a reader.
    virtual bool write_if_idle(std::string text) = 0;

   protected:
    ~screen() = default;
  };

  /// `columns` tells the terminal's width; empty if `out` is not a terminal. `out` outlives the console.
  console(screen& out, std::function<int()> columns);
  console(console const&) = delete;
  console& operator=(console const&) = delete;
  /// Leaves the cursor at the start of an empty line.
  ~console();

  /// For the stderr of this process.
  static std::function<int()> columns_of_stderr();

  void message(std::string_view line);

  /// Dropped while the reader is behind: there will be a newer one. `reason`: what is waited for; a change of it is
  /// worth a line at once.
  void progress(std::string const& line, std::string const& reason, clock::time_point now);

  /// Takes the progress line away, before something else is written to the terminal.
  void clear_progress();

 private:
  screen& m_out;
  std::function<int()> const m_columns;
  bool m_has_progress = false;
  std::string m_last_line;
  std::string m_last_reason;
  clock::time_point m_last_time;
};

} // namespace memtorrent::cli
