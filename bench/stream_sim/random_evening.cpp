#include "stream_sim/random_evening.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace memtorrent::sim {

namespace {

constexpr int mib = 1024 * 1024;

using generator = std::mt19937_64;

double between(generator& random, double low, double high) {
  // Of all orders of magnitude alike.
  return low * std::pow(high / low, static_cast<double>(random() >> 11) / static_cast<double>(1ULL << 53));
}

seed_line random_seed(generator& random) {
  return {between(random, 0.5, 20) * mbit,
          std::chrono::milliseconds(static_cast<std::int64_t>(between(random, 5, 300)))};
}

} // namespace

double rate_of(std::vector<seed_line> const& seeds) {
  return std::accumulate(seeds.begin(), seeds.end(), 0.0,
                         [](double sum, seed_line const& seed) { return sum + seed.bytes_per_s; });
}

evening random_evening(std::uint64_t number, double least_surplus) {
  generator random(number);
  evening e;
  e.film.bytes_per_s = between(random, 1, 25) * mbit;
  e.film.piece_length_bytes = mib / 4 << random() % 6;
  e.film.budget_bytes = std::int64_t{32} * mib << random() % 3;
  e.film.pieces = static_cast<int>(std::int64_t{4} * 1024 * mib / e.film.piece_length_bytes);
  while (e.seeds.size() < 2 || rate_of(e.seeds) < least_surplus * e.film.bytes_per_s)
    e.seeds.push_back(random_seed(random));
  if (random() % 3 == 0) e.churn = std::chrono::seconds(5 + random() % 20);
  return e;
}

evening_figures spend(evening const& e, window_policy const& policy, std::uint64_t number) {
  event_loop loop;
  generator random(number + 1);
  simulated_viewer viewer(loop, e.film, policy);
  std::vector<int> connected;
  for (auto const& seed : e.seeds) connected.push_back(viewer.swarm().connect(seed));

  // One of the lines goes and comes back as somebody else's: the swarm stays as strong as it is.
  std::function<void()> change = [&] {
    auto const which = random() % connected.size();
    viewer.swarm().disconnect(connected[which]);
    loop.after(300ms, [&, which] { connected[which] = viewer.swarm().connect(e.seeds[which]); });
    loop.after(e.churn, change);
  };
  if (e.churn.count() > 0) loop.after(e.churn, change);

  auto const last_place = std::int64_t{e.film.pieces} * e.film.piece_length_bytes -
                          static_cast<std::int64_t>(e.film.bytes_per_s * 2 * static_cast<double>(e.length.count()));
  std::function<void()> seek = [&] {
    viewer.seek(
        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(std::max<std::int64_t>(last_place, 1))));
    loop.after(e.seek_every, seek);
  };
  viewer.seek(0);
  if (e.seek_every.count() > 0) loop.after(e.seek_every, seek);
  loop.run_until(loop.now() + e.length);

  evening_figures figures;
  figures.seen = viewer.seen();
  figures.widest_window_bytes = viewer.widest_window_bytes();
  figures.overhead = static_cast<double>(viewer.swarm().downloaded_bytes()) /
                     std::max(viewer.seen().watched_bytes + static_cast<double>(viewer.window_bytes()), 1.0);
  return figures;
}

} // namespace memtorrent::sim
