#include "stream_bench/line.hpp"

#include <gtest/gtest.h>

namespace memtorrent::test {

namespace {

using bench::line;
using bench::moment;
using std::chrono::milliseconds;

constexpr std::int64_t full_packet_bytes = 1250;
// One packet a millisecond.
constexpr std::int64_t ten_mbit_per_s = 10'000'000;

moment at(int ms) { return milliseconds(ms); }

} // namespace

TEST(Line, TakesAsLongForAPacketAsItsRateSays) {
  line l({ten_mbit_per_s, 10 * full_packet_bytes});
  EXPECT_EQ(l.send(full_packet_bytes, at(5)), at(6));
}

TEST(Line, SendsOnePacketAfterAnother) {
  line l({ten_mbit_per_s, 10 * full_packet_bytes});
  l.send(full_packet_bytes, at(0));
  l.send(full_packet_bytes, at(0));
  EXPECT_EQ(l.send(full_packet_bytes, at(1)), at(3));
}

TEST(Line, DoesNotSaveUpForLaterWhatItDidNotUse) {
  line l({ten_mbit_per_s, 10 * full_packet_bytes});
  l.send(full_packet_bytes, at(0));
  EXPECT_EQ(l.send(full_packet_bytes, at(100)), at(101));
  EXPECT_EQ(l.send(full_packet_bytes, at(100)), at(102));
}

TEST(Line, DropsWhatItsQueueHasNoSpaceFor) {
  line l({ten_mbit_per_s, 3 * full_packet_bytes});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(l.send(full_packet_bytes, at(0)));
  EXPECT_FALSE(l.send(full_packet_bytes, at(0)));
  EXPECT_FALSE(l.send(1, at(0)));
}

TEST(Line, HasSpaceAgainWhenAPacketIsThrough) {
  line l({ten_mbit_per_s, 3 * full_packet_bytes});
  for (int i = 0; i < 4; ++i) l.send(full_packet_bytes, at(0));
  EXPECT_EQ(l.send(full_packet_bytes, at(1)), at(4)); // what was dropped took no time
  EXPECT_FALSE(l.send(full_packet_bytes, at(1)));
}

TEST(Line, CarriesNoMoreThanItsRateHoweverMuchIsSent) {
  line l({ten_mbit_per_s, 100 * full_packet_bytes});
  int carried = 0;
  for (int ms = 0; ms < 1000; ++ms)
    for (int i = 0; i < 3; ++i)
      if (auto const through = l.send(full_packet_bytes, at(ms)); through && *through <= at(1000)) ++carried;
  EXPECT_EQ(carried, 1000);
}

TEST(Line, LetsEverythingThroughAtOnceWithoutARate) {
  line l({});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(l.send(full_packet_bytes, at(7)), at(7));
}

} // namespace memtorrent::test
