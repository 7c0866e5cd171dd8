#include "cli/command_process.hpp"
#include "support/film.hpp"
#include "support/scripted_server.hpp"
#include "support/short_names.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <gtest/gtest.h>

#include <ostream>
#include <sstream>
#include <string>

namespace memtorrent::test {
namespace {

using boost::asio::ip::tcp;

// Every bad input ends like this: nothing on stdout, one sentence on stderr. Before it there are lines of progress,
// where it took a second or more to find out.
void expect_one_sentence(command_process::ending const& end, int exit_code, std::string const& part) {
  EXPECT_EQ(end.exit_code, exit_code) << end.err;
  EXPECT_EQ(end.out, "");
  std::istringstream lines(end.err);
  std::string last;
  for (std::string line; std::getline(lines, line); last = line)
    EXPECT_TRUE(last.empty() || last.find(", RAM ") != std::string::npos) << end.err;
  EXPECT_EQ(last.rfind("memtorrent: ", 0), 0U) << end.err;
  EXPECT_NE(last.find(part), std::string::npos) << end.err;
}

std::vector<std::string> on_free_ports(std::vector<std::string> arguments) {
  for (auto const* more : {"--no-dht", "--http", "127.0.0.1:0", "--listen", "127.0.0.1:0"})
    arguments.emplace_back(more);
  return arguments;
}

film::options large_pieces() {
  film::options options;
  options.size_bytes = 8 * MiB;
  options.piece_length_bytes = MiB;
  return options;
}

// A port that somebody listens on.
class taken_port {
 public:
  taken_port() : m_acceptor(m_io, {boost::asio::ip::address_v4::loopback(), 0}) {}
  [[nodiscard]] std::string endpoint() const {
    return "127.0.0.1:" + std::to_string(m_acceptor.local_endpoint().port());
  }

 private:
  boost::asio::io_context m_io;
  tcp::acceptor m_acceptor;
};

struct bad_input {
  char const* name;
  std::vector<std::string> arguments;
  int exit_code;
  char const* sentence_has;
};

// How a failed test shows it.
void PrintTo(bad_input const& input, std::ostream* out) { *out << input.name; }

class BadInput : public testing::TestWithParam<bad_input> {};

TEST_P(BadInput, EndsWithOneSentence) {
  auto const& input = GetParam();
  expect_one_sentence(command_process::run(on_free_ports(input.arguments)), input.exit_code, input.sentence_has);
}

char const* const some_magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567";

INSTANTIATE_TEST_SUITE_P(
    Command, BadInput,
    testing::Values(bad_input{"NoSource", {}, 2, "SOURCE is required"},
                    bad_input{"UnknownOption", {"x.torrent", "--nonsense"}, 2, "--nonsense"},
                    bad_input{"UnknownUnitOfSize", {"x.torrent", "--budget", "64Foo"}, 2, "'Foo' in '64Foo'"},
                    bad_input{"NoBudget", {"x.torrent", "--budget", "0"}, 2, "--budget: '0'"},
                    bad_input{"NoEndpoint", {"x.torrent", "--peer", "192.0.2.1"}, 2, "--peer: '192.0.2.1'"},
                    bad_input{"NoSuchFile", {"/nonexistent/x.torrent"}, 1, "No such file"},
                    bad_input{"Directory", {"/"}, 1, "Is a directory"},
                    bad_input{"NoTorrent", {"/proc/self/status"}, 1, "is not a .torrent file"},
                    bad_input{"BadMagnet", {"magnet:?xt=urn:btih:xyz"}, 1, "magnet link"},
                    bad_input{"BadUrl", {"http:///x.torrent"}, 1, "not a URL"},
                    bad_input{"UnreachableUrl", {"http://127.0.0.1:1/x.torrent"}, 1, "cannot be reached"},
                    bad_input{"UnknownPeer", {some_magnet, "--peer", "no such host:1"}, 1, "'no such host'"}),
    [](testing::TestParamInfo<bad_input> const& tested) { return tested.param.name; });

TEST(CommandErrors, HttpPortInUse) {
  taken_port const port;
  auto const end = command_process::run({some_magnet, "--http", port.endpoint(), "--listen", "127.0.0.1:0"});
  expect_one_sentence(end, 1, "cannot listen on " + port.endpoint() + ": Address already in use");
}

TEST(CommandErrors, PeerPortInUse) {
  film const film({});
  taken_port const port;
  auto const end =
      command_process::run({film.write_torrent(), "--http", "127.0.0.1:0", "--listen", port.endpoint(), "--no-dht"});
  expect_one_sentence(end, 1, "cannot listen for peers on " + port.endpoint() + ": Address already in use");
}

TEST(CommandErrors, AddressOfAnotherMachine) {
  film const film({});
  auto const end =
      command_process::run({film.write_torrent(), "--http", "127.0.0.1:0", "--listen", "192.0.2.1:6881", "--no-dht"});
  expect_one_sentence(end, 1, "cannot listen for peers");
}

TEST(CommandErrors, BudgetTooSmallAndWhichWouldDo) {
  film const film(large_pieces());
  auto const end = command_process::run(on_free_ports({film.write_torrent(), "--budget", "1MiB"}));
  expect_one_sentence(end, 1, "pieces have 1.0 MiB each: --budget 2MiB would do");
}

TEST(CommandErrors, NoFileMatches) {
  film const film({});
  auto const end = command_process::run(on_free_ports({film.write_torrent(), "--file", "*.avi"}));
  expect_one_sentence(end, 1, "it has: 0 film-0.mkv");
}

TEST(CommandErrors, UrlOfSomethingElse) {
  scripted_server const server([](auto const&) { return http_answer_text("200 OK", "<html>"); });
  auto const end = command_process::run(on_free_ports({server.url("/x.torrent")}));
  expect_one_sentence(end, 1, "'what " + server.url("") + " sent' is not a .torrent file");
}

TEST(CommandErrors, DemoWithoutFfmpeg) {
  auto const end = command_process::run({"demo", "--http", "127.0.0.1:0"}, {.environment = {{"PATH", "/nonexistent"}}});
  expect_one_sentence(end, 1, "apt install ffmpeg");
}

TEST(CommandErrors, StandardOutputClosed) {
  film const film({});
  // A device that takes nothing.
  auto const end = command_process::run(on_free_ports({film.write_torrent()}), {.out_path = "/dev/full"});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.err.find("cannot write to standard output"), std::string::npos) << end.err;
}

TEST(CommandErrors, HelpThatNobodyGets) {
  auto const end = command_process::run({"--help"}, {.out_path = "/dev/full"});
  expect_one_sentence(end, 1, "cannot write to standard output");
}

TEST(CommandErrors, HelpIsNone) {
  auto const end = command_process::run({"--help"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  EXPECT_NE(end.out.find("--budget"), std::string::npos);
}

} // namespace
} // namespace memtorrent::test
