#include "session/streamed_torrents.hpp"

#include "session/info_hash_text.hpp"
#include "support/film.hpp"
#include "support/swarm.hpp"

#include <libtorrent/magnet_uri.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace memtorrent::session {
namespace {

using test::film;
using test::swarm;

film::options of_seed(std::uint64_t seed) {
  film::options options;
  options.seed = seed;
  return options;
}

film::options hybrid() {
  auto options = of_seed(3);
  options.version = test::torrent_version::hybrid;
  return options;
}

std::string magnet_of(lt::info_hash_t const& hashes) {
  lt::add_torrent_params params;
  params.info_hashes = hashes;
  return lt::make_magnet_uri(params);
}

std::string magnet_of(film const& film) { return magnet_of(film.info()->info_hashes()); }

std::vector<peer_address> address_of(test::loopback_session& seed) {
  auto const endpoint = seed.endpoint();
  return {{endpoint.address().to_string(), endpoint.port()}};
}

// Torrents, and what was told of them.
class watched_torrents {
 public:
  explicit watched_torrents(std::int64_t budget_bytes = 16 << 20) : torrents(m_io, options(budget_bytes), events()) {}

  // False when it was not so in good time.
  bool run_until(std::function<bool()> const& reached) {
    auto const work = boost::asio::make_work_guard(m_io);
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!reached() && std::chrono::steady_clock::now() < limit) m_io.run_one_for(std::chrono::milliseconds(100));
    return reached();
  }

  // The sentence of its refusal, or none.
  std::string refusal_of(std::string const& source, stream_choice const& choice = {}) {
    try {
      torrents.add(source, choice);
      return {};
    } catch (std::runtime_error const& error) {
      return error.what();
    }
  }

  [[nodiscard]] bool offers(film const& film) const {
    return torrents.catalog().find(info_hash_text(film.info()->info_hashes()), 0).has_value();
  }

  void stop_and_run_out_of_work() {
    torrents.stop();
    m_io.restart();
    m_io.run();
  }

 private:
  boost::asio::io_context m_io{1};

 public:
  std::vector<streamed_torrent const*> ready;
  std::vector<std::string> failures;
  streamed_torrents torrents;

 private:
  static streamed_torrents_options options(std::int64_t budget_bytes) {
    return {budget_bytes, {lt::make_address("127.0.0.1"), 0}, false};
  }

  streamed_torrents_events events() {
    streamed_torrents_events events;
    events.ready = [this](streamed_torrent const& torrent) { ready.push_back(&torrent); };
    events.failed = [this](streamed_torrent const& torrent) { failures.push_back(torrent.failure); };
    events.message = [](std::string const& sentence) { FAIL() << sentence; };
    return events;
  }
};

TEST(StreamedTorrents, TellWhenOneIsReady) {
  film const film(of_seed(1));
  swarm peers;
  watched_torrents watched;
  watched.torrents.add(magnet_of(film), {.preload = std::int64_t{1} << 20});
  EXPECT_FALSE(watched.torrents.progress().has_metadata);
  watched.torrents.start(address_of(peers.seed(film)));
  ASSERT_TRUE(watched.run_until([&] { return !watched.ready.empty(); }));

  auto const& torrent = *watched.ready.front();
  EXPECT_EQ(torrent.source, magnet_of(film));
  EXPECT_EQ(torrent.name, film.info()->name());
  EXPECT_EQ(torrent.file, lt::file_index_t(0));
  EXPECT_TRUE(torrent.preload->progress().done);
  EXPECT_TRUE(watched.offers(film));
  EXPECT_TRUE(watched.torrents.progress().has_metadata);

  watched.stop_and_run_out_of_work();
  EXPECT_FALSE(watched.offers(film));
  auto const totals = watched.torrents.finish();
  ASSERT_TRUE(totals);
  EXPECT_GE(totals->downloaded_bytes, 1 << 20);
  EXPECT_EQ(totals->memory.budget_bytes, 16 << 20);
  EXPECT_EQ(watched.failures, std::vector<std::string>{});
}

TEST(StreamedTorrents, AreAddedAtAnyTime) {
  film const film(of_seed(1));
  swarm peers;
  watched_torrents watched;
  watched.torrents.start(address_of(peers.seed(film)));
  ASSERT_TRUE(watched.run_until([&] { return watched.torrents.progress().has_metadata; }));
  watched.torrents.add(magnet_of(film), {});
  EXPECT_TRUE(watched.run_until([&] { return watched.offers(film); }));
}

TEST(StreamedTorrents, RefuseWhatIsWrongAtOnceAndAddNothing) {
  film const film(of_seed(1));
  watched_torrents watched;
  EXPECT_NE(watched.refusal_of("/nonexistent/x.torrent").find("No such file"), std::string::npos);
  EXPECT_NE(watched.refusal_of("magnet:?xt=urn:btih:xyz").find("magnet link"), std::string::npos);
  EXPECT_NE(watched.refusal_of("http:///x.torrent").find("not a URL"), std::string::npos);
  EXPECT_NE(watched.refusal_of(film.write_torrent(), {.file = "*.avi"}).find("no file"), std::string::npos);
  EXPECT_TRUE(watched.torrents.progress().has_metadata) << "nothing waits for any";
  EXPECT_EQ(watched.refusal_of(film.write_torrent()), "");
}

TEST(StreamedTorrents, RefuseTheSameTwice) {
  film const film(hybrid());
  auto const hashes = film.info()->info_hashes();
  watched_torrents watched;
  EXPECT_EQ(watched.refusal_of(film.write_torrent()), "");
  for (auto const& same : {hashes, lt::info_hash_t(hashes.v1), lt::info_hash_t(hashes.v2)})
    EXPECT_EQ(watched.refusal_of(magnet_of(same)), "two of the sources are the same torrent");
}

TEST(StreamedTorrents, GoOnWhenTheTorrentOfAnotherCannotBeFetched) {
  film const film(of_seed(1));
  watched_torrents watched;
  watched.torrents.add("http://127.0.0.1:1/x.torrent", {});
  watched.torrents.add(film.write_torrent(), {});
  watched.torrents.start({});
  EXPECT_TRUE(watched.run_until([&] { return watched.offers(film) && !watched.failures.empty(); }));
  ASSERT_EQ(watched.failures.size(), 1U);
  EXPECT_NE(watched.failures.front().find("cannot be reached"), std::string::npos) << watched.failures.front();
}

TEST(StreamedTorrents, GoOnWhenAnotherDoesNotFitIntoTheBudget) {
  auto large = of_seed(2);
  large.piece_length_bytes = 4 << 20;
  large.size_bytes = 16 << 20;
  film const film(of_seed(1));
  test::film const too_large(large);
  swarm peers;
  watched_torrents watched(2 << 20);
  watched.torrents.add(magnet_of(too_large), {});
  watched.torrents.add(film.write_torrent(), {});
  watched.torrents.start(address_of(peers.seed(too_large)));
  EXPECT_TRUE(watched.run_until([&] { return watched.offers(film) && !watched.failures.empty(); }));
  ASSERT_EQ(watched.failures.size(), 1U);
  EXPECT_NE(watched.failures.front().find("pieces have 4.0 MiB each"), std::string::npos) << watched.failures.front();
  EXPECT_FALSE(watched.offers(too_large));
  EXPECT_TRUE(watched.torrents.progress().has_metadata) << "of those that are left";
}

TEST(StreamedTorrents, TakeOneThatFailedOnceMore) {
  film const film(of_seed(1));
  swarm peers;
  watched_torrents watched;
  watched.torrents.add(magnet_of(film), {.file = "*.avi"});
  watched.torrents.start(address_of(peers.seed(film)));
  ASSERT_TRUE(watched.run_until([&] { return !watched.failures.empty(); }));
  EXPECT_FALSE(watched.offers(film));
  watched.torrents.add(magnet_of(film), {});
  EXPECT_TRUE(watched.run_until([&] { return watched.offers(film); }));
}

TEST(StreamedTorrents, StopAtAnyPoint) {
  film const film(of_seed(1));
  {
    watched_torrents watched;
    watched.stop_and_run_out_of_work();
    EXPECT_FALSE(watched.torrents.finish());
  }
  watched_torrents watched;
  watched.torrents.add("http://127.0.0.1:1/x.torrent", {});
  // Waits for a peer for ever.
  watched.torrents.add(film.write_torrent(), {.preload = std::int64_t{1} << 20});
  watched.torrents.start({});
  ASSERT_TRUE(watched.run_until([&] { return watched.torrents.progress().preload.has_value(); }));
  watched.stop_and_run_out_of_work();
  EXPECT_TRUE(watched.torrents.finish());
  EXPECT_TRUE(watched.ready.empty());
}

} // namespace
} // namespace memtorrent::session
