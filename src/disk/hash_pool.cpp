#include "disk/hash_pool.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace memtorrent {

hash_pool::hash_pool(int threads, thread_maker make) : m_make(std::move(make)) {
  auto const error = set_threads(threads);
  if (m_workers.empty()) throw std::system_error(error.value(), std::generic_category(), "no thread to hash on");
}

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

boost::system::error_code hash_pool::set_threads(int threads) {
  auto const wanted = static_cast<std::size_t>(std::max(threads, 1));
  if (m_stopped) return {};
  if (wanted < m_workers.size()) join_from(wanted);
  return add_workers(wanted);
}

boost::system::error_code hash_pool::add_workers(std::size_t wanted) {
  {
    locked const lock(m_mutex);
    m_wanted = wanted;
  }
  while (m_workers.size() < wanted) {
    auto const body = [this, number = m_workers.size()] { work(number); };
    auto const error = start_thread(m_make, body, m_workers.emplace_back());
    if (!error) continue;
    m_workers.pop_back();
    return error;
  }
  return {};
}

void hash_pool::stop(bool wait) {
  m_stopped = true;
  std::deque<job> cancelled;
  {
    locked const lock(m_mutex);
    cancelled.swap(m_queue);
    m_wanted = 0;
  }
  m_wake.notify_all();
  for (auto const& work : cancelled) work(true);
  if (wait) join_from(0);
}

void hash_pool::join_from(std::size_t first) {
  {
    locked const lock(m_mutex);
    m_wanted = first;
  }
  m_wake.notify_all();
  while (m_workers.size() > first) {
    m_workers.back().join();
    m_workers.pop_back();
  }
}

void hash_pool::work(std::size_t number) {
  for (;;) {
    job next;
    {
      locked const lock(m_mutex);
      while (m_queue.empty() && number < m_wanted) m_wake.wait(m_mutex);
      if (number >= m_wanted) return;
      next = std::move(m_queue.front());
      m_queue.pop_front();
    }
    next(false);
  }
}

} // namespace memtorrent
