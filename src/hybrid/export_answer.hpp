// How an export ended, told exactly once.

#pragma once

#include "hybrid/export_failure.hpp"
#include "memtorrent/error.hpp"
#include "memtorrent/hybrid_disk.hpp"

#include <utility>

namespace memtorrent {

/// The handler of an export. It runs exactly once, whatever becomes of the session. If this is destroyed without an
/// answer, the handler gets `session_closed`: only the end of the session drops work that was begun.
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
