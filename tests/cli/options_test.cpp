#include "cli/options.hpp"

#include "cli/usage_error.hpp"

#include <gtest/gtest.h>

namespace memtorrent::cli {
namespace {

using session::bytes_to_preload;
using session::endpoint_text;
using session::peer_address;
using session::percent_of_file;

stream_options stream(std::vector<std::string> arguments) {
  return std::get<stream_options>(parse_command_line(std::move(arguments)));
}

std::string complaint_about(std::vector<std::string> arguments) {
  try {
    parse_command_line(std::move(arguments));
  } catch (usage_error const& error) {
    return error.what();
  }
  return {};
}

TEST(Options, HaveDefaults) {
  auto const options = stream({"film.torrent"});
  EXPECT_EQ(options.sources, std::vector<std::string>{"film.torrent"});
  EXPECT_EQ(options.budget_bytes, 64 * 1024 * 1024);
  EXPECT_EQ(endpoint_text(options.http), "127.0.0.1:8090");
  EXPECT_EQ(endpoint_text(options.listen), "0.0.0.0:6881");
  EXPECT_TRUE(options.peers.empty());
  EXPECT_FALSE(options.file);
  EXPECT_TRUE(options.finds_peers);
}

TEST(Options, AreRead) {
  auto const options = stream({"--budget", "32MiB", "--http=[::1]:80", "--listen", "127.0.0.1:0", "--file", "*.mkv",
                               "--no-dht", "magnet:?xt=urn:btih:00"});
  EXPECT_EQ(options.sources, std::vector<std::string>{"magnet:?xt=urn:btih:00"});
  EXPECT_EQ(options.budget_bytes, 32 * 1024 * 1024);
  EXPECT_EQ(endpoint_text(options.http), "[::1]:80");
  EXPECT_EQ(endpoint_text(options.listen), "127.0.0.1:0");
  EXPECT_EQ(options.file, "*.mkv");
  EXPECT_FALSE(options.finds_peers);
}

TEST(Options, TakeSeveralPeersAndLeaveTheSource) {
  auto const options = stream({"--peer", "192.0.2.1:1", "--peer", "a.example:2", "film.torrent"});
  EXPECT_EQ(options.sources, std::vector<std::string>{"film.torrent"});
  EXPECT_EQ(options.peers, (std::vector<peer_address>{{"192.0.2.1", 1}, {"a.example", 2}}));
}

TEST(Options, TakeSeveralSources) {
  EXPECT_EQ(stream({"a.torrent", "--no-dht", "b.torrent"}).sources,
            (std::vector<std::string>{"a.torrent", "b.torrent"}));
}

TEST(Options, TakeAnAmountToPreload) {
  EXPECT_FALSE(stream({"x"}).preload);
  EXPECT_EQ(std::get<std::int64_t>(*stream({"--preload", "32MiB", "x"}).preload), 32 * 1024 * 1024);
  EXPECT_EQ(std::get<percent_of_file>(*stream({"--preload", "2.5%", "x"}).preload).percent, 2.5);
  EXPECT_EQ(complaint_about({"--preload", "101%", "x"}),
            "--preload: '101%' is not a percentage of more than 0 and at most 100");
  for (auto const* wrong : {"0%", "-1%", "%", "nan%", "10%%", "10 %", "much"})
    EXPECT_EQ(complaint_about({"--preload", wrong, "x"}).rfind("--preload: ", 0), 0) << wrong;
}

TEST(Options, KnowWhatAPercentageOfAFileIs) {
  EXPECT_EQ(bytes_to_preload(percent_of_file{10}, 5000), 500);
  EXPECT_EQ(bytes_to_preload(percent_of_file{0.001}, 5000), 1);
  EXPECT_EQ(bytes_to_preload(std::int64_t{7}, 5000), 7);
}

TEST(Options, OfTheDemo) {
  auto const options = std::get<demo_options>(parse_command_line({"demo", "--budget", "1GiB", "--seconds", "5"}));
  EXPECT_EQ(options.budget_bytes, 1024 * 1024 * 1024);
  EXPECT_EQ(options.film_seconds, 5);
}

TEST(Options, OfTheDemoAreItsOwn) {
  for (auto const& mixed : std::vector<std::vector<std::string>>{
           {"film.torrent", "demo"}, {"--budget", "1GiB", "demo"}, {"--no-dht", "demo"}, {"--peer", "a:1", "demo"}}) {
    EXPECT_NE(complaint_about(mixed).find("'memtorrent demo' takes no SOURCE"), std::string::npos) << mixed.front();
  }
  EXPECT_FALSE(complaint_about({"demo", "film.torrent"}).empty());
  EXPECT_EQ(stream({"./demo"}).sources, std::vector<std::string>{"./demo"});
  EXPECT_EQ(complaint_about({"demo", "--budget", "64Foo"}).rfind("--budget: 'Foo' in '64Foo'", 0), 0);
}

TEST(Options, ExplainThemselves) {
  auto const help = std::get<information>(parse_command_line({"--help"})).text;
  for (auto const* option :
       {"SOURCE", "--budget", "--http", "--listen", "--peer", "--file", "--preload", "--no-dht", "demo"}) {
    EXPECT_NE(help.find(option), std::string::npos) << option;
  }
  EXPECT_NE(std::get<information>(parse_command_line({"demo", "--help"})).text.find("--seconds"), std::string::npos);
  EXPECT_EQ(std::get<information>(parse_command_line({"--version"})).text.rfind("memtorrent ", 0), 0);
}

TEST(Options, NameTheOneThatIsWrong) {
  EXPECT_EQ(complaint_about({"--budget", "64Foo", "x"}).rfind("--budget: ", 0), 0);
  EXPECT_EQ(complaint_about({"--http", "here", "x"}).rfind("--http: ", 0), 0);
  EXPECT_EQ(complaint_about({"--listen", "6881", "x"}).rfind("--listen: ", 0), 0);
  EXPECT_EQ(complaint_about({"--peer", "192.0.2.1", "x"}).rfind("--peer: ", 0), 0);
}

TEST(Options, SayWhichHelpHasMore) {
  EXPECT_NE(complaint_about({"x", "--nonsense"}).find("(memtorrent --help lists the options)"), std::string::npos);
  EXPECT_NE(complaint_about({"demo", "--nonsense"}).find("(memtorrent demo --help lists"), std::string::npos);
}

TEST(Options, RefuseWhatTheyDoNotKnow) {
  EXPECT_FALSE(complaint_about({}).empty());
  EXPECT_FALSE(complaint_about({"film.torrent", "--nonsense"}).empty());
  EXPECT_FALSE(complaint_about({"film.torrent", "--file"}).empty());
  EXPECT_FALSE(complaint_about({"demo", "--peer", "192.0.2.1:1"}).empty());
  EXPECT_FALSE(complaint_about({"demo", "--seconds", "0"}).empty());
}

} // namespace
} // namespace memtorrent::cli
