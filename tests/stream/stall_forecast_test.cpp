#include "stream/stall_forecast.hpp"

#include <gtest/gtest.h>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t film = 1'000'000;

TEST(StallForecast, SaysForHowLongTheBufferLasts) {
  EXPECT_EQ(buffered_time(5000, 2000), 2500ms);
  EXPECT_EQ(buffered_time(0, 2000), 0ms);
  EXPECT_EQ(buffered_time(5000, 0), std::nullopt);
}

TEST(StallForecast, SaysHowLongTheRestTakes) {
  EXPECT_EQ(time_to_fill(5000, 2000), 2500ms);
  EXPECT_EQ(time_to_fill(0, 2000), 0ms);
  EXPECT_EQ(time_to_fill(5000, 0), std::nullopt);
}

TEST(StallForecast, SaysWhenTheBufferRunsDry) {
  EXPECT_EQ(stalls_in(5000, film, 1500, 2000), 10s);
  EXPECT_EQ(stalls_in(5000, film, 0, 2000), 2500ms);
}

TEST(StallForecast, SeesNoStallWhenTheBufferFillsAsFastAsItDrains) {
  EXPECT_EQ(stalls_in(5000, film, 2000, 2000), std::nullopt);
  EXPECT_EQ(stalls_in(0, film, 3000, 2000), std::nullopt);
}

TEST(StallForecast, SeesNoStallWhenTheRestOfTheFileIsThere) { EXPECT_EQ(stalls_in(5000, 5000, 0, 2000), std::nullopt); }

TEST(StallForecast, SeesNoStallWhenTheFilmEndsBefore) {
  EXPECT_EQ(stalls_in(5000, 9000, 1500, 2000), std::nullopt);
  EXPECT_EQ(stalls_in(5000, 21'000, 1500, 2000), 10s);
}

} // namespace

} // namespace memtorrent
