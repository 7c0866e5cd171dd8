#include "stream/read_rate.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;
using test::KiB;

class Consumption : public testing::Test {
 protected:
  read_rate c;
  read_rate::clock::time_point const begin = read_rate::clock::time_point() + 1h;
  read_rate::clock::time_point now = begin;

  Consumption() { c.sought(now); }

  void read_for(std::chrono::seconds time, std::int64_t bytes_per_second) {
    for (auto const end = now + time; now < end;) {
      now += 100ms;
      c.read(bytes_per_second / 10, now);
    }
  }
};

TEST_F(Consumption, IsWhatWasReadByTime) {
  read_for(5s, 200 * KiB);
  EXPECT_EQ(c.bytes_per_second(), 200 * KiB);
  EXPECT_EQ(c.since_seek(now), 5s);
}

TEST_F(Consumption, TakesAFirstReadForNoMoreThanItIs) {
  c.read(KiB, now);
  EXPECT_EQ(c.bytes_per_second(), 4 * KiB) << "as if it had taken a quarter of a second";
}

TEST_F(Consumption, ForgetsThatAPlayerFilledItsBufferFirst) {
  read_for(2s, 5000 * KiB);
  read_for(28s, 200 * KiB);
  EXPECT_NEAR(static_cast<double>(c.bytes_per_second()), 200 * KiB, 4 * KiB);
}

TEST_F(Consumption, FollowsAReaderThatBecomesFaster) {
  read_for(25s, 200 * KiB);
  read_for(20s, 800 * KiB);
  EXPECT_GE(c.bytes_per_second(), 700 * KiB);
}

TEST_F(Consumption, StaysWhatItWasWhileTheReaderPauses) {
  read_for(5s, 200 * KiB);
  now += 300s;
  EXPECT_EQ(c.bytes_per_second(), 200 * KiB);
  c.read(0, now);
  EXPECT_EQ(c.bytes_per_second(), 200 * KiB) << "a read that has to wait took nothing";
}

TEST_F(Consumption, DoesNotCountAPauseWhenTheReaderGoesOn) {
  read_for(25s, 200 * KiB);
  now += 300s;
  c.read(0, now);
  read_for(5s, 200 * KiB);
  EXPECT_NEAR(static_cast<double>(c.bytes_per_second()), 200 * KiB, 20 * KiB);
  read_for(25s, 800 * KiB);
  EXPECT_GE(c.bytes_per_second(), 700 * KiB) << "and follows it as before";
}

TEST_F(Consumption, CountsTheTimeBetweenTheReadsOfAPlayerWithABigBuffer) {
  for (int i = 0; i < 15; ++i) {
    now += 20s;
    c.read(512 * KiB, now);
  }
  EXPECT_NEAR(static_cast<double>(c.bytes_per_second()), 26 * KiB, 26 * KiB);
}

TEST_F(Consumption, BeginsAnewWithASeek) {
  read_for(25s, 800 * KiB);
  c.sought(now);
  EXPECT_EQ(c.bytes_per_second(), 0);
  EXPECT_EQ(c.since_seek(now), 0s);
  read_for(4s, 200 * KiB);
  EXPECT_EQ(c.bytes_per_second(), 200 * KiB);
}

} // namespace

} // namespace memtorrent
