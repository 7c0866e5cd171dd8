// Who is inside a session, and when it may end.
//
// libtorrent answers calls on the session's network thread, and the caller waits. A call that comes when that thread
// has ended waits for ever; one that is still inside when the session is destroyed uses what is gone. So each call of a
// session passes a gate, and the session closes it, which waits for those inside, before it begins to end. Calls of
// torrents pass none: there, each torrent is inside another gate for as long as anybody has it, and the network thread
// stays until all have gone.

#pragma once

#include <condition_variable>
#include <mutex>

namespace memtorrent::go {

/// Any thread.
class call_gate {
 public:
  /// Somebody's way through; inside for as long as it lives.
  class pass {
   public:
    explicit pass(call_gate& gate) : m_gate(gate.enter() ? &gate : nullptr) {}
    pass(pass const&) = delete;
    pass& operator=(pass const&) = delete;
    ~pass() {
      if (m_gate) m_gate->leave();
    }

    /// False: the gate was closed.
    explicit operator bool() const noexcept { return m_gate != nullptr; }

   private:
    call_gate* m_gate;
  };

  /// Lets nobody in any more, and waits until all who are inside have left. Not from inside. A second time it only
  /// waits.
  void close() {
    std::unique_lock lock(m_mutex);
    m_closed = true;
    m_left.wait(lock, [this] { return m_inside == 0; });
  }

 private:
  bool enter() {
    std::lock_guard const lock(m_mutex);
    if (!m_closed) ++m_inside;
    return !m_closed;
  }

  void leave() {
    std::lock_guard const lock(m_mutex);
    if (--m_inside == 0) m_left.notify_all();
  }

  std::mutex m_mutex; // guards what follows
  std::condition_variable m_left;
  int m_inside = 0;
  bool m_closed = false;
};

} // namespace memtorrent::go
