// The threads that hash pieces, so that the network thread does not.
//
// Thread safety: `submit`, `set_threads` and `stop` come from one thread (the network thread); jobs run on the pool's.

#pragma once

#include "annotated_mutex.hpp"
#include "thread_maker.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace memtorrent {

class hash_pool {
 public:
  /// A job runs exactly once: on a worker, or, when the pool is stopped first, inside `stop` with `cancelled` set.
  using job = std::function<void(bool cancelled)>;

  /// Throws `std::system_error` when the system has no thread at all. With fewer than `threads` it works, only slower.
  explicit hash_pool(int threads, thread_maker make = make_thread);
  hash_pool(hash_pool const&) = delete;
  hash_pool& operator=(hash_pool const&) = delete;
  ~hash_pool() { stop(true); }

  void submit(job work);

  /// Changes how many workers there are, at least 1.
  /// Fewer: waits for the jobs that run on the workers that go.
  /// More: returns an error when the system has no thread. The workers that there are go on; a later call tries again.
  boost::system::error_code set_threads(int threads);

  /// Cancels the jobs that wait; those that run are finished. With `wait`, returns when all workers have ended.
  void stop(bool wait);

 private:
  boost::system::error_code add_workers(std::size_t wanted);
  void work(std::size_t number);
  void join_from(std::size_t first);

  thread_maker const m_make;
  annotated_mutex m_mutex;
  std::condition_variable_any m_wake;
  std::deque<job> m_queue GUARDED_BY(m_mutex);
  // How many workers there are to be: one with this number or a higher one ends.
  std::size_t m_wanted GUARDED_BY(m_mutex) = 0;
  bool m_stopped = false; // only used on the thread that submits
  std::vector<std::thread> m_workers;
};

} // namespace memtorrent
