// A mutex that tells clang's -Wthread-safety what it guards. std::mutex of libstdc++ carries no annotations.

#pragma once

#include <mutex>

#if defined(__clang__)
#define MEMTORRENT_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define MEMTORRENT_THREAD_ANNOTATION(x)
#endif

/// On a member: reading or writing it needs the named mutex.
#define GUARDED_BY(m) MEMTORRENT_THREAD_ANNOTATION(guarded_by(m))
/// On a function: the caller holds the named mutex.
#define REQUIRES_LOCK(m) MEMTORRENT_THREAD_ANNOTATION(requires_capability(m))

namespace memtorrent {

class MEMTORRENT_THREAD_ANNOTATION(capability("mutex")) annotated_mutex {
 public:
  void lock() MEMTORRENT_THREAD_ANNOTATION(acquire_capability()) { m_mutex.lock(); }
  void unlock() MEMTORRENT_THREAD_ANNOTATION(release_capability()) { m_mutex.unlock(); }

 private:
  std::mutex m_mutex;
};

class MEMTORRENT_THREAD_ANNOTATION(scoped_lockable) locked {
 public:
  explicit locked(annotated_mutex& m) MEMTORRENT_THREAD_ANNOTATION(acquire_capability(m)) : m_mutex(m) {
    m_mutex.lock();
  }
  locked(locked const&) = delete;
  locked& operator=(locked const&) = delete;
  ~locked() MEMTORRENT_THREAD_ANNOTATION(release_capability()) { m_mutex.unlock(); }

 private:
  annotated_mutex& m_mutex;
};

} // namespace memtorrent
