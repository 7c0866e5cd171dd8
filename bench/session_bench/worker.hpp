// A forked process that runs one function, and exchanges short texts with the process that started it.
//
//   worker seed("the seed", signals, [](channel& parent) { parent.send("4711"); parent.receive(); });
//   auto const port = seed.receive(10s);
//
// Ownership: the process is killed when its `worker` goes, and when the process that started it dies.

#pragma once

#include "session_bench/stop_signals.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace memtorrent::bench {

/// The worker's side.
class channel {
 public:
  explicit channel(int socket) : m_socket(socket) {}
  void send(std::string const& text);
  /// Waits for the next text. Throws `std::runtime_error` when the other side is gone.
  std::string receive();

 private:
  int const m_socket;
};

class worker {
 public:
  using job = std::function<void(channel& parent)>;

  /// What `work` throws reaches the caller of `receive`. REQUIRES: this process has one thread. Throws
  /// `std::system_error`. `name` is for messages: "the seed of posix".
  worker(std::string name, stop_signals const& signals, job const& work);
  worker(worker const&) = delete;
  worker& operator=(worker const&) = delete;
  ~worker();

  void send(std::string const& text);

  /// The next text that it sends. Throws `std::runtime_error` with a sentence when its work fails, when it ends or says
  /// nothing for `limit`, and when this process is told to stop.
  std::string receive(std::chrono::seconds limit);

  /// Waits until it has ended by itself. Throws as `receive`.
  void wait_end(std::chrono::seconds limit);

 private:
  void wait_readable(std::chrono::seconds limit) const;
  void reap();

  std::string const m_name;
  stop_signals const& m_signals;
  int m_socket = -1;
  // 0 when there is nothing to wait for any more.
  pid_t m_process = 0;
};

} // namespace memtorrent::bench
