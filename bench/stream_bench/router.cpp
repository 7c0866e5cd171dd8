// The internet of stream_bench, between real hosts: reads what they send from their TUN devices, and writes there what
// they get. A kernel could do it with tc-netem(8), but not every kernel has that.
//
//   stream_bench_router SEED HOST...
//
// HOST is `fd=N,address=A.B.C.D` with any of `up_bits_per_s=`, `up_queue_bytes=`, the same two with `down_`,
// `delay_us=` and `loss=`; the descriptor is that of its TUN device, opened by whoever starts this. Runs until it is
// ended.

#include "stream_bench/internet.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace memtorrent::bench;

// The MTU of a TUN device is 1500, unless somebody sets another one.
constexpr std::size_t longest_packet_bytes = 65536;
// Of one host, before others have their turn and packets that are due are sent.
constexpr int most_read_in_turn = 64;

[[noreturn]] void fail(char const* what) { throw std::system_error(errno, std::generic_category(), what); }

struct attached_host {
  int device = -1;
  host_shape shape;
};

std::uint32_t parse_address(std::string const& text) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) throw std::invalid_argument("no IPv4 address: " + text);
  return ntohl(address.s_addr);
}

using setting = std::function<void(attached_host& host, std::string const& value)>;

std::map<std::string, setting> const& settings() {
  static std::map<std::string, setting> const all{
      {"fd", [](auto& h, auto& v) { h.device = std::stoi(v); }},
      {"address", [](auto& h, auto& v) { h.shape.address = parse_address(v); }},
      {"up_bits_per_s", [](auto& h, auto& v) { h.shape.up.bits_per_s = std::stoll(v); }},
      {"up_queue_bytes", [](auto& h, auto& v) { h.shape.up.queue_bytes = std::stoll(v); }},
      {"down_bits_per_s", [](auto& h, auto& v) { h.shape.down.bits_per_s = std::stoll(v); }},
      {"down_queue_bytes", [](auto& h, auto& v) { h.shape.down.queue_bytes = std::stoll(v); }},
      {"delay_us", [](auto& h, auto& v) { h.shape.delay = std::chrono::microseconds(std::stoll(v)); }},
      {"loss", [](auto& h, auto& v) { h.shape.loss = std::stod(v); }},
  };
  return all;
}

attached_host parse_host(std::string const& text) {
  attached_host host;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    auto const equals = std::min(word.find('='), word.size());
    auto const found = settings().find(word.substr(0, equals));
    if (found == settings().end() || equals == word.size()) throw std::invalid_argument("nothing of a host: " + word);
    found->second(host, word.substr(equals + 1));
  }
  return host;
}

class router {
 public:
  router(std::vector<attached_host> const& hosts, std::uint64_t seed) : m_internet(shapes_of(hosts), seed) {
    for (auto const& host : hosts) {
      if (fcntl(host.device, F_SETFL, O_NONBLOCK) != 0) fail("a host's device");
      m_devices.push_back({host.device, POLLIN, 0});
    }
  }

  [[noreturn]] void run() {
    while (true) {
      wait();
      for (std::size_t i = 0; i < m_devices.size(); ++i)
        if (m_devices[i].revents != 0) take_from(i);
      m_internet.run(now(), [this](std::size_t to, packet const& bytes) { give(to, bytes); });
    }
  }

 private:
  static std::vector<host_shape> shapes_of(std::vector<attached_host> const& hosts) {
    std::vector<host_shape> shapes;
    for (auto const& host : hosts) shapes.push_back(host.shape);
    return shapes;
  }

  static moment now() { return std::chrono::steady_clock::now().time_since_epoch(); }

  // For a packet from a host, or for the moment at which one is due.
  void wait() {
    timespec timeout{};
    auto const next = m_internet.next();
    if (next) {
      auto const left = std::max(*next - now(), moment(0));
      auto const whole = std::chrono::duration_cast<std::chrono::seconds>(left);
      timeout = {whole.count(), (left - whole).count()};
    }
    if (ppoll(m_devices.data(), m_devices.size(), next ? &timeout : nullptr, nullptr) < 0 && errno != EINTR)
      fail("ppoll");
  }

  void take_from(std::size_t host) {
    for (int i = 0; i < most_read_in_turn; ++i) {
      auto const size = read(m_devices[host].fd, m_buffer.data(), m_buffer.size());
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (size <= 0) fail("reading from a host");
      m_internet.send(host, packet(m_buffer.begin(), m_buffer.begin() + size), now());
    }
  }

  void give(std::size_t host, packet const& bytes) {
    // A host that has no room for it loses the packet, as on any wire.
    if (write(m_devices[host].fd, bytes.data(), bytes.size()) < 0 && errno != EAGAIN && errno != ENOBUFS)
      fail("writing to a host");
  }

  internet m_internet;
  std::vector<pollfd> m_devices;
  std::array<unsigned char, longest_packet_bytes> m_buffer{};
};

} // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw std::invalid_argument("usage: stream_bench_router SEED HOST...");
  std::vector<attached_host> hosts;
  for (int i = 2; i < argc; ++i) hosts.push_back(parse_host(argv[i]));
  // Otherwise the kernel may wake it 50 us late, to wake others at the same time.
  prctl(PR_SET_TIMERSLACK, 1);
  router(hosts, std::stoull(argv[1])).run();
} catch (std::exception const& e) {
  std::fprintf(stderr, "stream_bench_router: %s\n", e.what());
  return 1;
}
