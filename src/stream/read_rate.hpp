// How fast a reader reads, and for how long it has since its last seek.
//
// A player first fills its own buffer, as fast as it can, and then reads at the film's rate. So the rate is that of the
// last 10 to 20 seconds:
//
//   - reads are added up in buckets of 10 seconds, and the last two count
//   - in the first 10 seconds after a seek the rate may be too high, because of the player's buffer; it is never too
//   low
//   - a reader that has not read for a minute has paused, and that time does not count

#pragma once

#include <chrono>
#include <cstdint>

namespace memtorrent {

class read_rate {
 public:
  using clock = std::chrono::steady_clock;

  /// The reader has sought: measures from the beginning again.
  void sought(clock::time_point now);
  void read(std::int64_t bytes, clock::time_point now);

  /// The rate up to the last read. So a pause does not lower it.
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
