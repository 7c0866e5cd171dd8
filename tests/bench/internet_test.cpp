#include "stream_bench/internet.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace memtorrent::test {

namespace {

using bench::host_shape;
using bench::internet;
using bench::moment;
using bench::packet;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint32_t viewer_address = 0xC6336401; // 198.51.100.1
constexpr std::uint32_t seed_address = 0xC6336402;
constexpr std::size_t viewer = 0;
constexpr std::size_t seed = 1;
constexpr std::size_t packet_bytes = 1250;
// A packet a millisecond.
constexpr bench::line_shape ten_mbit{10'000'000, 1'000'000};

packet packet_for(std::uint32_t address, unsigned char mark = 0, std::size_t size_bytes = packet_bytes) {
  packet bytes(size_bytes, mark);
  bytes[0] = 0x45; // IPv4, a header of 20 bytes
  for (std::size_t i = 0; i < 4; ++i) bytes[16 + i] = static_cast<unsigned char>(address >> (24 - 8 * i));
  return bytes;
}

host_shape host(std::uint32_t address) {
  host_shape shape;
  shape.address = address;
  return shape;
}

struct arrival {
  std::size_t to;
  int mark;

  bool operator==(arrival const&) const = default;
};

std::vector<arrival> arrivals_by(internet& net, moment now) {
  std::vector<arrival> arrivals;
  net.run(now, [&](std::size_t to, packet const& bytes) { arrivals.push_back({to, bytes.back()}); });
  return arrivals;
}

/// When nothing is under way any more.
moment end_of(internet& net) {
  moment now{0};
  while (auto const next = net.next()) arrivals_by(net, now = *next);
  return now;
}

} // namespace

TEST(Internet, BringsAPacketToTheHostThatItIsFor) {
  internet net({host(viewer_address), host(seed_address)}, 1);
  net.send(viewer, packet_for(seed_address, 7), moment(0));
  net.send(seed, packet_for(viewer_address, 8), moment(0));
  EXPECT_EQ(arrivals_by(net, moment(0)), (std::vector<arrival>{{seed, 7}, {viewer, 8}}));
}

TEST(Internet, LosesWhatIsForNobodyAndWhatIsNotIPv4) {
  internet net({host(viewer_address), host(seed_address)}, 1);
  net.send(viewer, packet_for(seed_address + 1), moment(0));
  auto ipv6 = packet_for(seed_address);
  ipv6[0] = 0x60;
  net.send(viewer, ipv6, moment(0));
  net.send(viewer, packet(19, 0x45), moment(0));
  EXPECT_FALSE(net.next());
}

TEST(Internet, DelaysAPacketByBothHostsAndBothLines) {
  auto from = host(seed_address), to = host(viewer_address);
  from.delay = milliseconds(15);
  from.up = ten_mbit;
  to.delay = milliseconds(3);
  to.down = ten_mbit;
  internet net({to, from}, 1);
  net.send(seed, packet_for(viewer_address), moment(0));
  EXPECT_EQ(end_of(net), milliseconds(1 + 15 + 3 + 1));
}

TEST(Internet, CountsFromWhenAStepWasDueHoweverLateItIsRun) {
  auto to = host(viewer_address);
  to.down = ten_mbit;
  internet net({to, host(seed_address)}, 1);
  net.send(seed, packet_for(viewer_address), moment(0));
  EXPECT_EQ(arrivals_by(net, milliseconds(500)).size(), 1U);
}

TEST(Internet, KeepsPacketsInOrder) {
  auto from = host(seed_address);
  from.delay = milliseconds(15);
  from.up = ten_mbit;
  internet net({host(viewer_address), from}, 1);
  std::vector<arrival> expected;
  for (int i = 0; i < 50; ++i) {
    net.send(seed, packet_for(viewer_address, static_cast<unsigned char>(i), i % 2 == 0 ? 40 : 1500), moment(0));
    expected.push_back({viewer, i});
  }
  EXPECT_EQ(arrivals_by(net, std::chrono::seconds(1)), expected);
}

TEST(Internet, SharesAHostsLineAmongThoseWhoSendToIt) {
  auto to = host(viewer_address);
  to.down = ten_mbit;
  internet net({to, host(seed_address), host(seed_address + 1)}, 1);
  for (int i = 0; i < 10; ++i) {
    net.send(seed, packet_for(viewer_address), moment(0));
    net.send(seed + 1, packet_for(viewer_address), moment(0));
  }
  EXPECT_EQ(arrivals_by(net, milliseconds(10)).size(), 10U);
  EXPECT_EQ(end_of(net), milliseconds(20));
}

TEST(Internet, LosesAsManyPacketsAsIsAskedOfEachHost) {
  auto lossy = host(seed_address);
  lossy.loss = 0.1;
  internet net({host(viewer_address), lossy}, 1);
  constexpr int sent = 10'000;
  for (int i = 0; i < sent; ++i) net.send(seed, packet_for(viewer_address), microseconds(i));
  EXPECT_NEAR(static_cast<double>(arrivals_by(net, std::chrono::seconds(1)).size()), sent * 0.9, sent * 0.01);
}

TEST(Internet, LosesTheSamePacketsForTheSameSeed) {
  auto lossy = host(seed_address);
  lossy.loss = 0.5;
  std::vector<std::vector<arrival>> runs;
  for (int run = 0; run < 2; ++run) {
    internet net({host(viewer_address), lossy}, 42);
    for (int i = 0; i < 100; ++i)
      net.send(seed, packet_for(viewer_address, static_cast<unsigned char>(i)), milliseconds(i));
    runs.push_back(arrivals_by(net, std::chrono::seconds(1)));
  }
  EXPECT_EQ(runs[0], runs[1]);
}

} // namespace memtorrent::test
