#include "cli/command_process.hpp"
#include "cli/printed_url.hpp"
#include "support/film.hpp"
#include "support/http_client.hpp"
#include "support/scripted_server.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/magnet_uri.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <future>
#include <sstream>

namespace memtorrent::test {
namespace {

film::options long_film() {
  film::options options;
  options.size_bytes = 24 * MiB;
  options.more_files_bytes = {300'000};
  return options;
}

std::string text_of(lt::tcp::endpoint const& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

std::vector<std::string> arguments_for(std::string const& source, std::vector<std::string> const& more = {}) {
  std::vector<std::string> all{source, "--no-dht", "--http", "127.0.0.1:0", "--listen", "127.0.0.1:0"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// The last line on stderr; all -1 if it is no summary.
struct command_summary {
  long long downloaded_bytes = -1;
  long long peak_bytes = -1;
  long long budget_bytes = -1;
  int evicted_pieces = -1;
  int peers_banned = -1;
};

command_summary summary_in(std::string const& messages) {
  auto const begin = messages.rfind("downloaded ");
  command_summary found;
  int partial = 0;
  int dropped = 0;
  auto const line = begin == std::string::npos ? std::string() : messages.substr(begin);
  int const read = std::sscanf(line.c_str(),
                               "downloaded %lld bytes, peak RAM %lld of %lld bytes, evicted %d complete and %d partial "
                               "pieces, dropped %d blocks, banned %d peers\n",
                               &found.downloaded_bytes, &found.peak_bytes, &found.budget_bytes, &found.evicted_pieces,
                               &partial, &dropped, &found.peers_banned);
  return read == 7 ? found : command_summary();
}

// What is wrong with the bytes that the URL has from `begin` to before `end`, or empty.
std::string wrong_bytes(film const& expected, printed_url const& url, std::int64_t begin, std::int64_t end) {
  if (url.port == 0) return "no URL";
  http_client client(url.port);
  auto const got =
      client.get(url.path, "Range: bytes=" + std::to_string(begin) + "-" + std::to_string(end - 1) + "\r\n");
  if (got.status != 206 || !got.is_complete) return "status " + std::to_string(got.status) + ", or cut short";
  for (std::int64_t i = begin; i < end; ++i) {
    if (got.body[static_cast<std::size_t>(i - begin)] != expected.byte_at(url.file, i))
      return "wrong byte at " + std::to_string(i);
  }
  return {};
}

TEST(CommandStream, SendsEveryByteOnASmallBudget) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  command_process command(
      arguments_for(film.write_torrent(), {"--budget", "4MiB", "--peer", text_of(seed.endpoint())}));

  printed_url const url(command.read_line());
  EXPECT_EQ(wrong_bytes(film, url, 0, film.size_bytes()), "");

  command.send(SIGINT);
  auto const end = command.wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.out, "");
  auto const summary = summary_in(end.err);
  EXPECT_GE(summary.downloaded_bytes, film.size_bytes());
  EXPECT_LE(summary.peak_bytes, 4 * MiB);
  EXPECT_EQ(summary.budget_bytes, 4 * MiB);
  EXPECT_GT(summary.evicted_pieces, 0);
  EXPECT_EQ(summary.peers_banned, 0);
}

TEST(CommandStream, StreamsTwoTorrentsOnOneBudget) {
  film const first(long_film());
  auto other = long_film();
  other.seed = 2;
  film const second(other);
  swarm peers;
  auto const peer = text_of(peers.seed(first).endpoint());
  auto const other_peer = text_of(peers.seed(second).endpoint());
  command_process command(arguments_for(
      first.write_torrent(), {second.write_torrent(), "--budget", "4MiB", "--peer", peer, "--peer", other_peer}));

  // Whichever is ready first.
  std::vector<printed_url> urls{printed_url(command.read_line()), printed_url(command.read_line())};
  auto const best_hash = [](film const& f) {
    std::ostringstream text;
    text << f.info()->info_hashes().get_best();
    return text.str();
  };
  if (urls[0].path.find(best_hash(first)) == std::string::npos) std::swap(urls[0], urls[1]);
  EXPECT_EQ(wrong_bytes(first, urls[0], 0, first.size_bytes()), "");
  EXPECT_EQ(wrong_bytes(second, urls[1], 0, second.size_bytes()), "");

  command.send(SIGINT);
  auto const summary = summary_in(command.wait().err);
  EXPECT_GE(summary.downloaded_bytes, first.size_bytes() + second.size_bytes());
  EXPECT_LE(summary.peak_bytes, 4 * MiB);
}

TEST(CommandStream, RefusesTheSameTorrentTwice) {
  film const film(long_film());
  command_process command(arguments_for(film.write_torrent(), {lt::make_magnet_uri(*film.info())}));
  auto const end = command.wait();
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.err, "memtorrent: two of the sources are the same torrent\n");
}

TEST(CommandStream, GoesOnWhenAnotherSourceFails) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  command_process command(
      arguments_for(film.write_torrent(), {"http://127.0.0.1:1/x.torrent", "--peer", text_of(seed.endpoint())}));
  EXPECT_TRUE(command.says("cannot be reached"));
  EXPECT_EQ(wrong_bytes(film, printed_url(command.read_line()), 0, 100'000), "");
  command.send(SIGINT);
  EXPECT_EQ(command.wait().exit_code, 0);
}

TEST(CommandStream, EndsWhenEverySourceFailed) {
  command_process command(arguments_for("http://127.0.0.1:1/x.torrent", {"http://127.0.0.1:2/x.torrent"}));
  auto const end = command.wait();
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.out, "");
  auto const last = end.err.rfind("memtorrent: ");
  ASSERT_NE(last, std::string::npos) << end.err;
  EXPECT_GT(last, 0U) << "the other one was told before";
  EXPECT_NE(end.err.find("cannot be reached", last), std::string::npos) << end.err;
}

TEST(CommandStream, PrintsItsUrlWhenThePreloadIsDone) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  command_process command(arguments_for(film.write_torrent(),
                                        {"--budget", "8MiB", "--preload", "2MiB", "--peer", text_of(seed.endpoint())}));
  printed_url const url(command.read_line());
  peers.end_last();
  EXPECT_EQ(wrong_bytes(film, url, 0, 2 * MiB), "") << "nobody is left to get it from";
}

TEST(CommandStream, TakesAMagnetLink) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  command_process command(arguments_for(lt::make_magnet_uri(*film.info()), {"--peer", text_of(seed.endpoint())}));
  EXPECT_EQ(wrong_bytes(film, printed_url(command.read_line()), 100'000, 200'000), "");
}

TEST(CommandStream, TakesAUrl) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  scripted_server const server([&](auto const&) { return http_answer_text("200 OK", film.torrent_file()); });
  command_process command(arguments_for(server.url("/film.torrent"), {"--peer", text_of(seed.endpoint())}));
  EXPECT_EQ(wrong_bytes(film, printed_url(command.read_line()), 0, 100'000), "");
}

TEST(CommandStream, ChoosesTheFile) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  command_process command(
      arguments_for(film.write_torrent(), {"--file", "*-1.mkv", "--peer", text_of(seed.endpoint())}));
  printed_url const url(command.read_line());
  EXPECT_EQ(url.file, 1);
  EXPECT_EQ(wrong_bytes(film, url, 0, 300'000), "");
}

TEST(CommandStream, FindsSeveralPeersOnOneAddress) {
  film const film(long_film());
  swarm peers;
  auto& one = peers.seed(film);
  auto& two = peers.seed(film);
  command_process command(
      arguments_for(film.write_torrent(), {"--peer", text_of(one.endpoint()), "--peer", text_of(two.endpoint())}));
  EXPECT_TRUE(command.says("2 peers"));
}

TEST(CommandStream, KeepsItsSeedsWhileNobodyPlays) {
  film const film(long_film());
  swarm peers;
  auto& seed = peers.seed(film);
  command_process command(arguments_for(film.write_torrent(), {"--peer", text_of(seed.endpoint())}));
  EXPECT_TRUE(
      command.says("waiting for a player: buffer 0 bytes, 0 bytes/s, 1 peer (1 seed), RAM 0 bytes of 64.0 MiB"));
  EXPECT_EQ(seed.problems(), std::vector<std::string>{});
}

TEST(CommandStream, ConnectsAgainToAPeerThatRestarts) {
  film const film(long_film());
  // An address of this process alone, so that nobody else takes the port meanwhile.
  auto const process = static_cast<unsigned>(getpid());
  lt::tcp::endpoint const endpoint(lt::address_v4(0x7f800000U | (process & 0x7fffffU)), 6881);
  command_process command(arguments_for(film.write_torrent(), {"--peer", text_of(endpoint)}));
  ASSERT_TRUE(command.says("no peers yet"));
  swarm peers;
  peers.seed(film,
             [&](lt::settings_pack& pack) { pack.set_str(lt::settings_pack::listen_interfaces, text_of(endpoint)); });
  EXPECT_TRUE(command.says("1 peer"));
}

TEST(CommandStream, EndsWhileAPlayerReads) {
  film const film(long_film());
  command_process command(arguments_for(film.write_torrent()));
  printed_url const url(command.read_line());
  ASSERT_NE(url.port, 0);
  http_client player(url.port);
  // Without a peer, the body never comes.
  player.send(request_text("GET", url.path));
  http_client other(url.port);
  EXPECT_EQ(other.get("/").status, 404);
  command.send(SIGTERM);
  EXPECT_EQ(command.wait().exit_code, 0);
}

TEST(CommandStream, EndsWhileItWaitsForMetadata) {
  command_process command(arguments_for("magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567"));
  ASSERT_TRUE(command.says("waiting for metadata, no peers yet"));
  command.send(SIGINT);
  auto const end = command.wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.out, "");
}

TEST(CommandStream, EndsWhileItDownloadsTheTorrent) {
  std::promise<void> asked;
  scripted_server const server([&](auto const&) {
    asked.set_value();
    return std::string();
  });
  command_process command(arguments_for(server.url()));
  ASSERT_EQ(asked.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  command.send(SIGINT);
  EXPECT_EQ(command.wait().exit_code, 0);
}

} // namespace
} // namespace memtorrent::test
