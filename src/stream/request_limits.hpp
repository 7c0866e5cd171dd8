// How many blocks may be requested of each peer at a time: no more than its
// line needs to stay busy.
//
// What was requested cannot be called back: a cancel takes a round trip, and
// the peer has long put the blocks that come next into its send buffer. After a
// seek all of that still comes before what is wanted now. So a peer is asked
// for what it sends in 0.35 s, which keeps a line with a round trip of up to
// 0.35 s busy; libtorrent would ask for a second or more. Each peer is measured
// over the last quarter of a second. As long as its rate is held down by its
// limit and not by its line, the next limit is 0.35 s / round trip times
// higher.
//
// Some peers send in pulses: Transmission, and libtorrent with an upload limit,
// answer requests twice a second. Asked for 0.35 s at a time, such a peer
// stands still between them. So a peer that pauses while something is requested
// of it is asked for more, up to what it sends in a second.
//
// While a reader waits for a piece, a peer that would still be at it when the
// faster ones are long done is not asked at all; nor one that would still have
// some of the blocks that libtorrent asks for at once: a seed of 1 Mbit/s,
// asked at the beginning of a piece, when four of 10 Mbit/s have sent all
// others. The second rule supposes that 2 MiB are left even near the end, where
// it would keep good peers from going on with the next piece (bench/stream_sim:
// stalls in 471 evenings of 1000, with this in 434, without the rule in 435).
// How slow a peer is, is judged by seconds in which it owed something: a
// quarter of a second makes one that sends in bursts look twice as fast.
//
// All peers together are asked for half of the window at most: a peer of which
// libtorrent cannot ask what it may, because the window has no more to ask for,
// is held to be in its end game, and asked for nothing until its queue is empty
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

  /// Where the peer stands now; to be told every 100 ms or so.
  void update(sender const& peer, clock::time_point now);

  /// Blocks that it is to have outstanding, `fewest` at least; the most there
  /// can be until it has sent for a period.
  [[nodiscard]] std::int64_t blocks_outstanding(std::int64_t fewest = 4) const noexcept;
  /// Bytes a second; below 0 while not known.
  [[nodiscard]] std::int64_t bytes_per_second() const noexcept { return m_rate; }
  /// The same over the last seconds in which it owed blocks: less than its
  /// line's rate where it is often asked for less than it could send, and
  /// falling while it sends nothing.
  [[nodiscard]] std::int64_t usual_bytes_per_second() const noexcept;
  /// Since when it has owed blocks and sent nothing; the last update, if it
  /// does not.
  [[nodiscard]] clock::time_point silent_since() const noexcept { return m_silent_since; }

 private:
  void watch_for_pauses(clock::time_point now);
  void count(std::int64_t bytes, bool owes_more, clock::time_point now);

  clock::time_point m_since;
  std::int64_t m_received_bytes = 0; // by then
  clock::time_point m_silent_since;
  std::int64_t m_last_received_bytes = 0; // by then
  bool m_pauses = false;
  // While it owed blocks, in the last seconds.
  bool m_owes = false;
  clock::time_point m_counted;
  clock::duration m_busy{0};
  std::int64_t m_busy_bytes = 0;
  std::int64_t m_rate = -1;
  int m_outstanding_ms = 350;
};

class request_limits {
 public:
  /// Sets the limits of all peers that send, for a window in which
  /// `missing_blocks` are to come. A reader waits for `urgent_bytes` of them;
  /// 0: for none.
  void set(swarm_controls& swarm, int missing_blocks, std::int64_t urgent_bytes, peer_rate::clock::time_point now);

  /// How long that will take if all peers send as they did. Nothing while none
  /// has.
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_for(std::int64_t bytes) const;

  /// What is known of the peers that send, by the last `set`, and whether they
  /// may be asked for what others owe of a piece.
  [[nodiscard]] std::vector<known_sender> known(swarm_controls const& swarm, lt::piece_index_t piece,
                                                peer_rate::clock::time_point now) const;

 private:
  // Those that need not be asked for any of it.
  [[nodiscard]] std::set<peer_handle> too_slow_for(std::int64_t urgent_bytes) const;

  // Of the senders that the last `set` found. One that has left is dropped by
  // the next.
  std::map<peer_handle, peer_rate> m_rates;
};

} // namespace memtorrent
