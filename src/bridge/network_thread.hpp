// The way onto libtorrent's network thread, for whoever is on another thread or wants a turn of its own there. It opens
// with the session's disk I/O and closes with it.
//
// Ownership: shared by the disk I/O and by everybody who may outlive the session.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"

#include <libtorrent/fwd.hpp>
#include <libtorrent/io_context.hpp>

#include <functional>
#include <memory>

namespace memtorrent {

class network_thread : public std::enable_shared_from_this<network_thread> {
 public:
  /// Runs `work` on the network thread, soon. False, and nothing runs, when the session is gone. If it goes between the
  /// call and the run, `work` is destroyed without having run: so `work` may use the disk I/O and all of its parts.
  bool post(std::function<void()> work);

  /// True while the disk I/O is there. On the network thread it then stays until the running handler returns, because
  /// it is destroyed only after that thread has run its last handler.
  [[nodiscard]] bool is_open() const;

  /// The disk I/O's side. `open` throws `std::logic_error` when it was opened before.
  void open(lt::io_context& io);
  void close() noexcept;

 private:
  mutable annotated_mutex m_mutex;
  bool m_was_opened GUARDED_BY(m_mutex) = false;
  lt::io_context* m_io GUARDED_BY(m_mutex) = nullptr;
};

} // namespace memtorrent
