// How an export ended, told exactly once.

#pragma once

#include "hybrid/export_failure.hpp"
#include "memtorrent/error.hpp"
#include "memtorrent/hybrid_disk.hpp"

#include <utility>

namespace memtorrent {

/// The handler of an export. Whatever becomes of the session, it runs once: who drops it unanswered says that the
/// session is closed, because nothing but the session's end drops work that was begun.
class export_answer {
 public:
  explicit export_answer(hybrid_disk::export_handler handler) : m_handler(std::move(handler)) {}
  export_answer(export_answer const&) = delete;
  export_answer& operator=(export_answer const&) = delete;
  ~export_answer() { give({errc::session_closed, {}}); }

  void give(export_failure const& result) {
    if (auto const handler = std::exchange(m_handler, nullptr)) handler(result.error, result.path);
  }

 private:
  hybrid_disk::export_handler m_handler;
};

} // namespace memtorrent
