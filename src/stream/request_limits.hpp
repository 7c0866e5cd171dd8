// How many blocks may be requested of each peer at a time: no more than its line needs to stay busy.
//
// What was requested cannot be called back. A cancel takes a round trip, and by then the peer has put the next blocks
// into its send buffer. After a seek all of them still come before what is wanted now. So a peer is asked for what it
// sends in 0.35 s:
//
//   limit = rate * 0.35 s
//
// That keeps a line busy whose round trip is up to 0.35 s. libtorrent would ask for a second's worth or more. The rate
// is that of the last quarter of a second. If the limit holds the rate down, and not the line, then
// rate = limit / round trip, and each new limit is 0.35 s / round trip times the one before, until the line is full.
//
// Some peers send in pulses: Transmission, and libtorrent with an upload limit, answer requests twice a second. If such
// a peer is asked for 0.35 s at a time, it has nothing to send between two pulses. So a peer that pauses while
// something is requested of it is asked for more, up to what it sends in a second.
//
// While a reader waits for a piece, a peer that is too slow is asked for nothing. With
//
//   U  bytes that are urgent
//   r  the rate of the peer
//   F  the rates of all faster peers that are not too slow themselves, added up; of equals, the first of the senders is
//      the faster
//   B  the bytes of a block
//
// a peer is too slow when there is a faster one and
//
//   2 B / r > 2 U / F + 0.1 s              (2: the fewest blocks that it is asked for)
//   or
//   5 B / r > max(U, 2 MiB) / F + 0.1 s    (5: the most that libtorrent asks of it at once while it has these)
//
// The first line: it would still be sending two blocks when the faster ones could have sent all that is urgent twice.
// The second: it would still be sending five blocks when the faster ones have sent the rest of the piece. An example is
// a seed of 1 Mbit/s that is asked at the beginning of a piece, beside four of 10 Mbit/s. Near the end of a piece the
// second line would keep good peers from going on with the next piece. So it supposes that 2 MiB are left at least
// (bench/stream_sim when this was chosen, evenings of 1000 with a stall: 434; if it supposed nothing 471; without the
// second line 435).
//
// The rate in these two lines is the usual one: that of the last seconds in which the peer owed something. A rate over
// a quarter of a second makes a peer that sends in bursts look twice as fast.
//
// All peers together are asked for half of the window at most. If libtorrent may ask a peer for more than the window
// has left, it takes the torrent to be in its end game, and asks that peer for nothing until its queue is empty
// (request_a_block).

#pragma once

#include "stream/late_blocks.hpp"
#include "stream/swarm_controls.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace memtorrent {

/// Measures how fast one peer sends.
class peer_rate {
 public:
  using clock = std::chrono::steady_clock;

  /// What the peer has sent and owes by `now`. To be called every 100 ms or so, with the same peer.
  void update(sender const& peer, clock::time_point now);

  /// Blocks that it is to have outstanding, `fewest` at least. Without limit until it has sent for a quarter of a
  /// second.
  [[nodiscard]] std::int64_t blocks_outstanding(std::int64_t fewest = 4) const noexcept;
  /// Bytes a second; below 0 while not known.
  [[nodiscard]] std::int64_t bytes_per_second() const noexcept { return m_rate; }
  /// The same over the last seconds in which it owed blocks.
  ///   - It is less than the line's rate if the peer is often asked for less than it could send.
  ///   - It falls while the peer owes blocks and sends nothing.
  [[nodiscard]] std::int64_t usual_bytes_per_second() const noexcept;
  /// Since when it has owed blocks and sent nothing. If it owes none, or has just sent some: the last update.
  [[nodiscard]] clock::time_point silent_since() const noexcept { return m_silent_since; }

 private:
  void watch_for_pauses(clock::time_point now);
  void count(std::int64_t bytes, bool owes_more, clock::time_point now);

  // The period that goes on: when it began, and what had come by then.
  clock::time_point m_since;
  std::int64_t m_received_bytes = 0;
  clock::time_point m_silent_since;
  // What had come by the last update.
  std::int64_t m_last_received_bytes = 0;
  bool m_pauses = false;
  // For the usual rate: the time in which it owed blocks, and what came in it. Both are halved now and then.
  bool m_owes = false;         // by the last update,
  clock::time_point m_counted; // which was then
  clock::duration m_busy{0};
  std::int64_t m_busy_bytes = 0;
  std::int64_t m_rate = -1;
  int m_outstanding_ms = 350;
};

class request_limits {
 public:
  /// Sets the limits of all senders. `missing_blocks`: what is to come of the windows. `urgent_bytes`: how much of it
  /// readers wait for; 0 if none waits.
  void set(swarm_controls& swarm, int missing_blocks, std::int64_t urgent_bytes, peer_rate::clock::time_point now);

  /// How long `bytes` will take if all peers send at their rates. Nothing while no rate is known.
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_for(std::int64_t bytes) const;

  /// The senders, with what the last `set` measured of them, and whether they may be asked for what others owe of a
  /// piece.
  [[nodiscard]] std::vector<known_sender> known(swarm_controls const& swarm, lt::piece_index_t piece,
                                                peer_rate::clock::time_point now) const;

 private:
  // By the formula above. `m_rates` has the rates of `senders`.
  [[nodiscard]] std::set<peer_handle> too_slow_for(std::int64_t urgent_bytes, std::vector<sender> const& senders) const;

  // Of the senders that the last `set` found. One that has left is dropped by the next.
  std::map<peer_handle, peer_rate> m_rates;
};

} // namespace memtorrent
