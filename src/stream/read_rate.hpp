// How fast a reader reads, and for how long it has since its last seek.
//
// A player fills its own buffer first, as fast as it gets, and then reads at the film's rate. So what counts is the
// last ten to twenty seconds, in two buckets; and until the second one is begun, a rate that is too high, never one too
// low. Who has not read for a minute has paused, and that time does not count.

#pragma once

#include <chrono>
#include <cstdint>

namespace memtorrent {

class read_rate {
 public:
  using clock = std::chrono::steady_clock;

  /// Begins anew, at another place.
  void sought(clock::time_point now);
  void read(std::int64_t bytes, clock::time_point now);

  /// Up to the last read: who pauses reads no slower.
  [[nodiscard]] std::int64_t bytes_per_second() const;
  [[nodiscard]] std::chrono::milliseconds since_seek(clock::time_point now) const;

 private:
  struct bucket {
    clock::time_point begin;
    std::int64_t bytes = 0;
  };

  clock::time_point m_sought;
  clock::time_point m_last;
  bucket m_before;
  bucket m_now;
};

} // namespace memtorrent
