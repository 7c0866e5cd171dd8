// What the command says, on its way to stdout and stderr.
//
//   print --> bounded_text --+
//                            +--> one thread: waits until one of the two can take something, writes a part of the next
//   write --> bounded_text --+
//
// A reader that does not read (a full pipe, a terminal that was stopped by Ctrl-S) stops that thread and nobody else.
// The descriptors are not made non-blocking for that: the shell and other processes have the same ones.

#pragma once

#include "cli/console.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace memtorrent::cli {

/// Any thread; no call waits for a reader.
class output_queue final : public console::screen {
 public:
  struct limits {
    /// Of each of the two, besides what is being written.
    std::size_t max_bytes = std::size_t{64} * 1024;
    /// At the end, how long what is still unwritten may take.
    std::chrono::milliseconds last_chance{1'000};
  };

  /// `out` and `err` are descriptors, as a rule 1 and 2; they are duplicated. `out_failed` is called once, on any
  /// thread, when not all of what was printed can be written to `out`. Throws `std::system_error`.
  output_queue(int out, int err, std::function<void()> out_failed);
  output_queue(int out, int err, std::function<void()> out_failed, limits const& most);
  output_queue(output_queue const&) = delete;
  output_queue& operator=(output_queue const&) = delete;
  /// Gives what is left its last chance.
  ~output_queue();

  /// To stdout. Nothing of it is dropped: what cannot wait any more is a failure.
  void print(std::string text);

  /// To stderr. Where that takes nothing more, the oldest is dropped. A stderr that is gone takes everything, because
  /// there is nobody to tell.
  void write(std::string text) override;
  bool write_if_idle(std::string text) override;

 private:
  class writer;

  std::chrono::milliseconds const m_last_chance;
  // Shared with the thread, which may have to be left behind in the middle of a write.
  std::shared_ptr<writer> m_writer;
  std::future<void> m_ended;
  std::thread m_thread;
};

} // namespace memtorrent::cli
