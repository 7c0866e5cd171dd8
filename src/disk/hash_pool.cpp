#include "disk/hash_pool.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

void hash_pool::submit(job work) {
  if (m_stopped) {
    work(true);
    return;
  }
  {
    locked const lock(m_mutex);
    m_queue.push_back(std::move(work));
  }
  m_wake.notify_one();
}

void hash_pool::set_threads(int threads) {
  auto const wanted = static_cast<std::size_t>(std::max(threads, 1));
  if (m_stopped || wanted == m_workers.size()) return;
  if (wanted < m_workers.size()) join();
  while (m_workers.size() < wanted) m_workers.emplace_back([this] { work(); });
}

void hash_pool::stop(bool wait) {
  m_stopped = true;
  std::deque<job> cancelled;
  {
    locked const lock(m_mutex);
    cancelled.swap(m_queue);
    m_quit = true;
  }
  m_wake.notify_all();
  for (auto const& work : cancelled) work(true);
  if (wait) join();
}

void hash_pool::join() {
  {
    locked const lock(m_mutex);
    m_quit = true;
  }
  m_wake.notify_all();
  for (auto& worker : m_workers) worker.join();
  m_workers.clear();
  locked const lock(m_mutex);
  m_quit = m_stopped;
}

void hash_pool::work() {
  for (;;) {
    job next;
    {
      locked const lock(m_mutex);
      while (m_queue.empty() && !m_quit) m_wake.wait(m_mutex);
      if (m_quit) return;
      next = std::move(m_queue.front());
      m_queue.pop_front();
    }
    next(false);
  }
}

} // namespace memtorrent
