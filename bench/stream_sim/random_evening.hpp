// One viewer's evening, drawn by chance: a film, a swarm of seeds that come and go, and seeks. The same number gives
// the same evening.

#pragma once

#include "stream/window_plan.hpp"
#include "stream_sim/simulated_viewer.hpp"

#include <cstdint>
#include <vector>

namespace memtorrent::sim {

struct evening {
  film_shape film;
  std::vector<seed_line> seeds;
  /// A seed goes, and another one comes, after each so long; 0: they stay.
  std::chrono::seconds churn{};
  std::chrono::seconds length{120};
  /// 0: none.
  std::chrono::seconds seek_every{20};
};

/// What they bring together, in bytes a second.
double rate_of(std::vector<seed_line> const& seeds);

/// The seeds together bring at least `least_surplus` times the film's bitrate.
evening random_evening(std::uint64_t number, double least_surplus = 1.3);

struct evening_figures {
  viewing seen;
  /// Bytes downloaded for each that was watched or is still to be.
  double overhead = 0;
  /// At any time.
  std::int64_t widest_window_bytes = 0;
};

evening_figures spend(evening const& e, window_policy const& policy = {}, std::uint64_t number = 0);

} // namespace memtorrent::sim
