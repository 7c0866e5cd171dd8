// The internet between a few hosts, without a clock and without devices: what is sent and what time it is are handed
// in.
//
// A packet goes up the line of the host that sends it, is under way for the delays of both hosts, and goes down the
// line of the host that it is for. Each of the two lines may drop it: because its queue is full, or by chance.

#pragma once

#include "stream_bench/line.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace memtorrent::bench {

struct host_shape {
  /// IPv4, in the byte order of this machine.
  std::uint32_t address = 0;
  line_shape up;
  line_shape down;
  /// Of every packet from or to this host: a round trip between two hosts takes both delays twice.
  moment delay{0};
  /// Of every packet from or to this host, between 0 and 1.
  double loss = 0;
};

/// As it stands on the wire, from its IP header on.
using packet = std::vector<unsigned char>;

class internet {
 public:
  /// Hosts are known by their places in `hosts`. The same seed loses the same packets.
  internet(std::vector<host_shape> const& hosts, std::uint64_t seed);

  /// Takes what a host sends `now`. What is not IPv4, or for nobody here, is gone.
  void send(std::size_t from, packet bytes, moment now);

  /// When something happens next, if anything is under way.
  [[nodiscard]] std::optional<moment> next() const;

  /// Lets everything happen that is due by `now`, in order, and hands out the packets that arrive. What happens late
  /// takes no longer for it: each step counts from the moment at which the one before was due.
  void run(moment now, std::function<void(std::size_t to, packet const&)> const& deliver);

 private:
  struct host {
    std::uint32_t address;
    line up;
    line down;
    moment delay;
    std::bernoulli_distribution is_lost;
  };

  struct packet_under_way {
    std::size_t to;
    bool is_behind_last_line;
    packet bytes;
  };

  /// When it is due; of two that are due at once, the one that was sent first.
  using turn = std::pair<moment, std::uint64_t>;

  [[nodiscard]] std::optional<std::size_t> receiver_of(packet const& bytes) const;

  std::vector<host> m_hosts;
  std::map<turn, packet_under_way> m_under_way;
  std::uint64_t m_sent = 0;
  std::mt19937_64 m_chance;
};

} // namespace memtorrent::bench
