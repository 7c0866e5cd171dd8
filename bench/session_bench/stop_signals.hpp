// Ctrl-C and the like, as a file descriptor to poll: so that a bench that is stopped still removes its files.

#pragma once

#include <csignal>

namespace memtorrent::bench {

class stop_signals {
 public:
  /// From now on SIGINT, SIGTERM and SIGHUP, unless they were ignored, do not end the process. Before any thread is
  /// started. Throws `std::system_error`.
  stop_signals();
  stop_signals(stop_signals const&) = delete;
  stop_signals& operator=(stop_signals const&) = delete;
  ~stop_signals();

  /// Readable once one of them has come.
  [[nodiscard]] int descriptor() const { return m_descriptor; }

  /// For a forked child: they end it again.
  void restore() const;

 private:
  sigset_t m_before{};
  int m_descriptor = -1;
};

} // namespace memtorrent::bench
