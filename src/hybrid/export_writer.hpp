// Writes the pieces of a torrent that are in RAM into files, on a thread of its own.
//
// It works in rounds: a round writes every piece that has passed and is not written yet. Pieces may pass or go while it
// runs; those that pass are for the next round. A piece's bytes never change once it has passed, and are referenced
// only while they are written. So a round needs no space in the budget, and keeps few bytes from being evicted.
//
// A round that fails, or is cancelled, deletes everything that all rounds have made.
//
// Thread safety: all members are called from one thread (the network thread), but for what `begin_round` says.

#pragma once

#include "cache/memory_storage.hpp"
#include "hybrid/new_files.hpp"
#include "thread_maker.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace memtorrent {

class export_writer {
 public:
  export_writer(std::shared_ptr<memory_storage> storage, std::vector<planned_file> files,
                thread_maker make_thread = memtorrent::make_thread, sync_function sync = ::fsync);
  export_writer(export_writer const&) = delete;
  export_writer& operator=(export_writer const&) = delete;
  /// Cancels, and waits for the round that runs.
  ~export_writer();

  /// Begins a round on a new thread, which calls `ended` last. When the system has no thread, the round has failed, and
  /// `ended` runs inside this call. REQUIRES: no round runs.
  void begin_round(std::function<void()> const& ended);

  /// Waits for the round to end, and returns what went wrong in it.
  export_failure end_round();

  /// True if every piece that has passed is written. REQUIRES: no round runs.
  [[nodiscard]] bool has_written_all() const;

  /// The round that runs, or else the next one, only deletes what was made.
  void cancel() { m_cancelled = true; }

 private:
  void run();
  export_failure write_pieces();
  export_failure write_piece(lt::piece_index_t piece);

  std::shared_ptr<memory_storage> const m_storage;
  thread_maker const m_make_thread;
  std::atomic<bool> m_cancelled{false};
  std::thread m_thread;

  // Used by the round's thread while a round runs.
  new_files m_files;
  std::vector<bool> m_is_written;
  export_failure m_failure;
};

} // namespace memtorrent
