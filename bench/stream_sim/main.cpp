// stream_sim: the real scheduler on simulated swarms, thousands of evenings in seconds. Prints one JSON object.
//
//   stream_sim [EVENINGS [FIRST]]     FIRST is the number of the first evening

#include "stream_sim/random_evening.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace memtorrent::sim;

double nth(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

std::string spread(std::string const& name, std::vector<double> const& values) {
  return "\"" + name + "\": {\"median\": " + std::to_string(nth(values, 0.5)) +
         ", \"p95\": " + std::to_string(nth(values, 0.95)) + ", \"worst\": " + std::to_string(nth(values, 1)) + "}";
}

// How long the wait would be if all lines were busy with the one piece from the first moment, and nothing else were in
// their way.
double least_wait_ms(evening const& e) {
  auto const nearest = std::min_element(e.seeds.begin(), e.seeds.end(),
                                        [](auto const& a, auto const& b) { return a.round_trip < b.round_trip; });
  return static_cast<double>(nearest->round_trip.count()) + e.film.piece_length_bytes / rate_of(e.seeds) * 1000;
}

} // namespace

int main(int argc, char** argv) {
  auto const evenings = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  auto const first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::vector<double> first_bytes;
  std::vector<double> seeks;
  std::vector<double> seek_ratios;
  std::vector<double> overheads;
  std::vector<double> stalled;
  int with_stall = 0;
  for (auto number = first; number < first + evenings; ++number) {
    auto const e = random_evening(number);
    auto const figures = spend(e, {}, number);
    for (std::size_t i = 0; i < figures.seen.waits.size(); ++i) {
      auto const ms = static_cast<double>(figures.seen.waits[i].count());
      (i == 0 ? first_bytes : seeks).push_back(ms);
      if (i > 0) seek_ratios.push_back(ms / least_wait_ms(e));
    }
    if (!figures.seen.waits.empty()) overheads.push_back(figures.overhead);
    stalled.push_back(static_cast<double>(figures.seen.stalled.count()));
    with_stall += figures.seen.stalls > 0 ? 1 : 0;
  }
  std::cout << "{\"evenings\": " << evenings << ", " << spread("first_byte_ms", first_bytes) << ", "
            << spread("seek_ms", seeks) << ", " << spread("seek_to_least", seek_ratios) << ", "
            << spread("overhead", overheads) << ", \"with_stalls\": " << with_stall << ", "
            << spread("stalled_ms", stalled) << "}" << std::endl;
}
