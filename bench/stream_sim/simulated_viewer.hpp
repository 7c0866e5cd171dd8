// A film that is watched through the real scheduler, over a simulated swarm.

#pragma once

#include "cache/eviction.hpp"
#include "stream/read_rate.hpp"
#include "stream/scheduler.hpp"
#include "stream_sim/simulated_swarm.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace memtorrent::sim {

struct film_shape {
  double bytes_per_s = 2'500'000;
  int piece_length_bytes = 2 * 1024 * 1024;
  int pieces = 2000;
  std::int64_t budget_bytes = std::int64_t{64} * 1024 * 1024;
};

/// What the viewer saw.
struct viewing {
  std::vector<std::chrono::milliseconds> waits; // the first byte, and that after each seek
  int stalls = 0;
  std::chrono::milliseconds stalled{};
  double watched_bytes = 0;
};

/// A player with a buffer of three seconds, which starts when it has half a second. Reads as the player of
/// stream_bench does.
class simulated_viewer {
 public:
  simulated_viewer(event_loop& loop, film_shape const& film, window_policy const& policy = {});

  [[nodiscard]] simulated_swarm& swarm() { return m_swarm; }
  void seek(std::int64_t position);
  [[nodiscard]] viewing const& seen() const { return m_seen; }
  /// The most that a window ever held: what was there behind the head, and all that was ahead.
  [[nodiscard]] std::int64_t widest_window_bytes() const { return m_widest_window_bytes; }
  /// Bytes that are there, were not watched, and still could be.
  [[nodiscard]] std::int64_t window_bytes() const;

 private:
  enum class picture { starts, moves, stalls };

  [[nodiscard]] torrent_snapshot snapshot() const;
  void plan();
  void on_piece(int piece);
  void read();
  void advance();
  void tick();
  void make_space();
  [[nodiscard]] int piece_of(std::int64_t position) const;

  event_loop& m_loop;
  film_shape const m_film;
  simulated_swarm m_swarm;
  scheduler m_scheduler;
  std::map<int, std::int64_t> m_there; // with the last use
  std::int64_t m_uses = 0;
  std::vector<play_window> m_windows;
  std::int64_t m_widest_window_bytes = 0;
  event_loop::time_point m_planned;

  std::int64_t m_position = 0;
  read_rate m_read;
  bool m_waiting = false;
  std::optional<event_loop::time_point> m_sought; // and no byte has come since

  picture m_picture = picture::starts;
  double m_buffered = 0;
  event_loop::time_point m_at;
  viewing m_seen;
};

} // namespace memtorrent::sim
