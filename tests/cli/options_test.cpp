#include "cli/options.hpp"

#include "cli/usage_error.hpp"

#include <gtest/gtest.h>

namespace memtorrent::cli {
namespace {

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
  EXPECT_EQ(options.source, "film.torrent");
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
  EXPECT_EQ(options.source, "magnet:?xt=urn:btih:00");
  EXPECT_EQ(options.budget_bytes, 32 * 1024 * 1024);
  EXPECT_EQ(endpoint_text(options.http), "[::1]:80");
  EXPECT_EQ(endpoint_text(options.listen), "127.0.0.1:0");
  EXPECT_EQ(options.file, "*.mkv");
  EXPECT_FALSE(options.finds_peers);
}

TEST(Options, TakeSeveralPeersAndLeaveTheSource) {
  auto const options = stream({"--peer", "192.0.2.1:1", "--peer", "a.example:2", "film.torrent"});
  EXPECT_EQ(options.source, "film.torrent");
  EXPECT_EQ(options.peers, (std::vector<peer_address>{{"192.0.2.1", 1}, {"a.example", 2}}));
}

TEST(Options, OfTheDemo) {
  auto const options = std::get<demo_options>(parse_command_line({"demo", "--budget", "1GiB", "--seconds", "5"}));
  EXPECT_EQ(options.budget_bytes, 1024 * 1024 * 1024);
  EXPECT_EQ(options.film_seconds, 5);
}

TEST(Options, ExplainThemselves) {
  auto const help = std::get<information>(parse_command_line({"--help"})).text;
  for (auto const* option : {"SOURCE", "--budget", "--http", "--listen", "--peer", "--file", "--no-dht", "demo"}) {
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

TEST(Options, RefuseWhatTheyDoNotKnow) {
  EXPECT_FALSE(complaint_about({}).empty());
  EXPECT_FALSE(complaint_about({"film.torrent", "--nonsense"}).empty());
  EXPECT_FALSE(complaint_about({"film.torrent", "another.torrent"}).empty());
  EXPECT_FALSE(complaint_about({"film.torrent", "--file"}).empty());
  EXPECT_FALSE(complaint_about({"demo", "--peer", "192.0.2.1:1"}).empty());
  EXPECT_FALSE(complaint_about({"demo", "--seconds", "0"}).empty());
}

} // namespace
} // namespace memtorrent::cli
