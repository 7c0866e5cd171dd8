// A terminal that was stopped (Ctrl-S), a log that nobody reads: what the command says goes nowhere, and players get
// their film all the same.

#include "cli/command_process.hpp"
#include "support/film.hpp"
#include "support/http_client.hpp"
#include "support/swarm.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

namespace memtorrent::test {
namespace {

// Below those that the system gives to whoever wants any, so that no other test has it.
std::uint16_t own_port() { return static_cast<std::uint16_t>(20'000 + getpid() % 12'000); }

bool can_connect(std::uint16_t port) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  boost::system::error_code ec;
  socket.connect({boost::asio::ip::address_v4::loopback(), port}, ec);
  return !ec;
}

// Nobody says when the film is there, so it is asked for until it is. The status, or 0 if none came in good time.
int status_of(std::uint16_t port, std::string const& path) {
  auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < limit) {
    if (can_connect(port)) {
      http_client player(port);
      auto const status = player.get(path, "Range: bytes=0-9999\r\n").status;
      if (status != 404) return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return 0;
}

TEST(CommandUnread, ServesAndEndsWhereNobodyReadsWhatItSays) {
  film const film({});
  swarm peers;
  std::ostringstream peer;
  peer << peers.seed(film).endpoint();
  auto const port = own_port();
  command_process command({film.write_torrent(), "--no-dht", "--http", "127.0.0.1:" + std::to_string(port), "--listen",
                           "127.0.0.1:0", "--peer", peer.str()},
                          {.pipes_are_full = true});
  std::ostringstream path;
  path << "/stream/" << film.info()->info_hashes().get_best() << "/0/film";
  EXPECT_EQ(status_of(port, path.str()), 206);
  // Lines of progress are due by now, a second after the session opened.
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_EQ(status_of(port, path.str()), 206);

  EXPECT_EQ(command.read_line().substr(0, 1), ".") << "what was in the pipe before";
  EXPECT_NE(command.read_line().find(path.str()), std::string::npos) << "is said to whoever reads at last";
  command.send(SIGINT);
  EXPECT_EQ(command.wait().exit_code, 0);
}

} // namespace
} // namespace memtorrent::test
