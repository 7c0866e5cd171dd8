#include "stream/watchdog.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace memtorrent {

namespace {

using std::chrono::seconds;

// The seconds at which it is tried, of the first so many.
std::vector<int> tries(retry_clock& clock, int of_seconds) {
  std::vector<int> tried;
  for (int second = 1; second <= of_seconds; ++second)
    if (clock.wait(seconds(1))) tried.push_back(second);
  return tried;
}

} // namespace

TEST(RetryClock, WaitsTwiceAsLongAfterEachTry) {
  retry_clock clock(seconds(1), seconds(60));
  EXPECT_EQ(tries(clock, 31), (std::vector<int>{1, 3, 7, 15, 31}));
}

TEST(RetryClock, NeverWaitsLongerThanItsLongest) {
  retry_clock clock(seconds(1), seconds(5));
  EXPECT_EQ(tries(clock, 22), (std::vector<int>{1, 3, 7, 12, 17, 22}));
}

TEST(RetryClock, BeginsAnewWhenItWasNotNeeded) {
  retry_clock clock(seconds(2), seconds(60));
  EXPECT_EQ(tries(clock, 9), (std::vector<int>{2, 6}));
  clock.reset();
  EXPECT_EQ(tries(clock, 6), (std::vector<int>{2, 6}));
}

} // namespace memtorrent
