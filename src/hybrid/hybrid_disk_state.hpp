// What a session's disk router shares with embedders: the configuration, the disk I/O for RAM, and a way to the router
// that closes with the session.
//
// Ownership: shared by the constructor, every `hybrid_disk` handle and the router. It outlives the session.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"
#include "memtorrent/hybrid_disk.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace memtorrent {

class disk_router;

class hybrid_disk_state : public std::enable_shared_from_this<hybrid_disk_state> {
 public:
  explicit hybrid_disk_state(hybrid_disk_config config)
      : m_config(std::move(config)), m_memory_constructor(m_config.memory) {}

  [[nodiscard]] hybrid_disk_config const& config() const noexcept { return m_config; }
  [[nodiscard]] memory_disk_constructor const& memory_constructor() const noexcept { return m_memory_constructor; }

  /// Runs `work` on the network thread, soon. If the session is gone by then, `work` is destroyed without running.
  void post(std::function<void(disk_router&)> work);

  /// The router's side. There is only one router: the disk I/O for RAM refuses a second one.
  void attach(disk_router& router);
  void detach() noexcept;

 private:
  hybrid_disk_config const m_config;
  memory_disk_constructor const m_memory_constructor;
  annotated_mutex m_mutex;
  disk_router* m_router GUARDED_BY(m_mutex) = nullptr;
};

} // namespace memtorrent
