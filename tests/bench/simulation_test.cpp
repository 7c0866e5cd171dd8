#include "stream_sim/random_evening.hpp"

#include <gtest/gtest.h>

namespace memtorrent::sim {

namespace {

// stream_bench's network A: what is simulated is near what was measured there.
TEST(Simulation, AnswersSeeksOnFourSeedsAsFastAsARealSwarm) {
  evening e;
  e.seeds.assign(4, {10 * mbit, 30ms});
  e.length = 300s;
  auto const figures = spend(e);
  ASSERT_EQ(figures.seen.waits.size(), 15u);
  for (auto const wait : figures.seen.waits) EXPECT_LE(wait, 1000ms);
  EXPECT_EQ(figures.seen.stalls, 0);
  EXPECT_LE(figures.overhead, 1.15);
}

TEST(Simulation, PlaysWithoutAStallOnALineThatIsAFifthFasterThanTheFilm) {
  evening e;
  e.film.bytes_per_s = 10 * mbit;
  e.seeds.assign(3, {4 * mbit, 30ms});
  e.length = 300s;
  e.seek_every = 0s;
  EXPECT_EQ(spend(e).seen.stalls, 0);
}

TEST(Simulation, DoesNotWaitForTheSlowestSeed) {
  evening e;
  e.seeds.assign(4, {10 * mbit, 30ms});
  e.seeds.push_back({0.1 * mbit, 300ms});
  e.length = 300s;
  for (auto const wait : spend(e).seen.waits) EXPECT_LE(wait, 2000ms);
}

TEST(Simulation, NeverWantsMoreThanTheBudgetHolds) {
  for (std::uint64_t number = 1; number <= 100; ++number) {
    auto const e = random_evening(number);
    auto const figures = spend(e, {}, number);
    EXPECT_LE(figures.widest_window_bytes, e.film.budget_bytes) << "evening " << number;
    EXPECT_FALSE(figures.seen.waits.empty()) << "evening " << number;
  }
}

TEST(Simulation, IsTheSameForTheSameNumber) {
  auto const once = spend(random_evening(7), {}, 7);
  auto const again = spend(random_evening(7), {}, 7);
  EXPECT_EQ(once.seen.waits, again.seen.waits);
  EXPECT_EQ(once.overhead, again.overhead);
}

// A seek to the end of a big piece has next to nothing to play before the next piece is there too: that stall is the
// lines'. What comes on top is short, whoever comes and goes.
TEST(Simulation, StallsForNoLongerThanAPieceTakesAndAMoment) {
  for (std::uint64_t number = 1; number <= 100; ++number) {
    auto const e = random_evening(number, 2);
    auto const figures = spend(e, {}, number);
    auto const piece_ms = e.film.piece_length_bytes / rate_of(e.seeds) * 1000;
    auto const longest = std::chrono::milliseconds(static_cast<std::int64_t>(piece_ms)) + 1s;
    EXPECT_LE(figures.seen.stalled, figures.seen.stalls * longest) << "evening " << number;
  }
}

} // namespace

} // namespace memtorrent::sim
