// The threads that hash pieces, so that the network thread does not.
//
// Thread safety: `submit`, `set_threads` and `stop` come from one thread (the network thread); jobs run on the pool's.

#pragma once

#include "annotated_mutex.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace memtorrent {

class hash_pool {
 public:
  /// A job runs exactly once: on a worker, or, when the pool is stopped first, inside `stop` with `cancelled` set.
  using job = std::function<void(bool cancelled)>;

  explicit hash_pool(int threads) { set_threads(threads); }
  hash_pool(hash_pool const&) = delete;
  hash_pool& operator=(hash_pool const&) = delete;
  ~hash_pool() { stop(true); }

  void submit(job work);

  /// Changes how many workers there are, at least 1. Fewer: waits for the jobs that are running.
  void set_threads(int threads);

  /// Cancels what waits; what runs is finished. With `wait`, returns when all workers have ended.
  void stop(bool wait);

 private:
  void work();
  void join();

  annotated_mutex m_mutex;
  std::condition_variable_any m_wake;
  std::deque<job> m_queue GUARDED_BY(m_mutex);
  bool m_quit GUARDED_BY(m_mutex) = false;
  bool m_stopped = false; // submitter's thread only
  std::vector<std::thread> m_workers;
};

} // namespace memtorrent
