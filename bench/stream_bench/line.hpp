// One direction of a host's line to the internet: packets go through one after another, at its rate. What comes faster
// waits in a queue that is bounded, as that of a home router is; what does not fit there is dropped.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace memtorrent::bench {

/// Since any moment, as long as it is the same one for all.
using moment = std::chrono::nanoseconds;

struct line_shape {
  /// Of whole IP packets. 0: as fast as one likes.
  std::int64_t bits_per_s = 0;
  /// The most that may wait, the packet that is on its way included.
  std::int64_t queue_bytes = 0;
};

class line {
 public:
  explicit line(line_shape const& shape) : m_shape(shape) {}

  /// The moment at which a packet that comes `now` is through; none if it is dropped. `now` never goes back.
  std::optional<moment> send(std::int64_t packet_bytes, moment now);

 private:
  line_shape m_shape;
  /// When all that was sent up to now is through.
  moment m_free_at{0};
};

} // namespace memtorrent::bench
