#include "repair/piece_repair.hpp"

#include "disk/memory_disk_state.hpp"
#include "support/event_count.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/alert_types.hpp>
#include <libtorrent/peer_info.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

// Seeds that lie, and a player that finds them out while it plays.

namespace memtorrent::test {

namespace {

using clock = std::chrono::steady_clock;
using endpoints = std::set<lt::tcp::endpoint>;

/// Good seeds and liars. Each sends at a rate that has all of them send blocks of each piece.
class lying_swarm {
 public:
  lying_swarm(film::options const& o, int bytes_per_second) : m_film(o), m_bytes_per_second(bytes_per_second) {}

  void add_good(int seeds) {
    for (int i = 0; i < seeds; ++i) m_good.insert(limited(m_swarm.seed(m_film)).endpoint());
  }
  void add_liar(lie const& how) { limited(m_swarm.liar(m_film, how)); }

  /// A player whose repairs end when they are through, and not because this machine is slow.
  std::unique_ptr<film_player> play() {
    memory_disk_config config;
    config.budget_bytes = 16 * MiB;
    config.longest_repair = std::chrono::seconds(60);
    config.repair_patience = patience;
    return m_swarm.play(m_film, config);
  }

  [[nodiscard]] std::int64_t size_bytes() const { return m_film.size_bytes(); }
  [[nodiscard]] endpoints const& good() const { return m_good; }

 private:
  loopback_session& limited(loopback_session& seeder) {
    lt::settings_pack pack;
    pack.set_int(lt::settings_pack::tick_interval, 50); // how often it may send more
    seeder.session().apply_settings(std::move(pack));
    seeder.session().get_torrents().front().set_upload_limit(m_bytes_per_second);
    return seeder;
  }

  film m_film;
  int m_bytes_per_second;
  swarm m_swarm;
  endpoints m_good;
};

endpoints connected(film_player& player) {
  std::vector<lt::peer_info> peers;
  player.torrent.get_peer_info(peers);
  endpoints found;
  for (auto const& peer : peers) found.insert(peer.ip);
  return found;
}

/// All that went wrong is that the player threw liars out.
void expect_only_liars_lost(film_player& player, lying_swarm const& seeds, int liars) {
  auto const problems = player.problems();
  EXPECT_EQ(static_cast<int>(problems.size()), liars);
  for (auto const& problem : problems) EXPECT_NE(problem.find("corrupt"), std::string::npos) << problem;
  EXPECT_EQ(player.disk.stats().peers_banned, liars);
  EXPECT_EQ(connected(player), seeds.good());
}

/// Every byte is right, some pieces were repaired, and the liars are gone.
void expect_to_play_through(lying_swarm& seeds, int liars) {
  auto p = seeds.play();
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, seeds.size_bytes()), "");
  EXPECT_GE(p->disk.stats().pieces_repaired, 1);
  EXPECT_LE(p->disk.stats().peak_bytes, 16 * MiB);
  expect_only_liars_lost(*p, seeds, liars);
}

/// Waits until a repair got the first block that it asked for: libtorrent knows nothing of the request.
std::optional<lt::piece_index_t> wait_for_a_repair(film_player& player) {
  std::optional<lt::piece_index_t> piece;
  player.wait_for([&](lt::alert const& alert) {
    auto const* const block = lt::alert_cast<lt::unwanted_block_alert>(&alert);
    if (block && !piece) piece = block->piece_index;
    return piece.has_value();
  });
  return piece;
}

} // namespace

TEST(PieceRepair, PlaysThroughASeedThatCorruptsEverything) {
  lying_swarm seeds({.size_bytes = 24 * MiB, .piece_length_bytes = 2 * MiB}, 2 * MiB);
  seeds.add_good(4);
  seeds.add_liar({});
  expect_to_play_through(seeds, 1);
}

TEST(PieceRepair, PlaysThroughASeedThatCorruptsEveryEighthBlock) {
  lying_swarm seeds({.size_bytes = 24 * MiB, .piece_length_bytes = 2 * MiB}, 2 * MiB);
  seeds.add_good(4);
  seeds.add_liar({.one_block_in = 8});
  expect_to_play_through(seeds, 1);
}

TEST(PieceRepair, PlaysThroughTwoLiarsThatDiffer) {
  lying_swarm seeds({.size_bytes = 24 * MiB, .piece_length_bytes = 2 * MiB}, 2 * MiB);
  seeds.add_good(4);
  seeds.add_liar({.one_block_in = 1, .with = 0x0f});
  seeds.add_liar({.one_block_in = 8, .with = 0xf0});
  expect_to_play_through(seeds, 2);
}

TEST(PieceRepair, PlaysThroughTwoLiarsThatAgree) {
  lying_swarm seeds({.size_bytes = 24 * MiB, .piece_length_bytes = 2 * MiB}, 2 * MiB);
  seeds.add_good(4);
  seeds.add_liar({});
  seeds.add_liar({});
  expect_to_play_through(seeds, 2);
}

TEST(PieceRepair, PlaysThroughALiarWithOneGoodSeed) {
  lying_swarm seeds({.size_bytes = 24 * MiB, .piece_length_bytes = 2 * MiB}, 4 * MiB);
  seeds.add_good(1);
  seeds.add_liar({.one_block_in = 8});
  auto p = seeds.play();
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, seeds.size_bytes()), "");
  EXPECT_EQ(connected(*p), seeds.good());
}

// ---- what goes while a piece is repaired ----

// At this rate of each seed, a repair goes on for a second or two after the first block has come.
constexpr int slow = 32 * KiB;

TEST(PieceRepair, EndsWithItsTorrent) {
  lying_swarm seeds({.size_bytes = 4 * MiB, .piece_length_bytes = 512 * KiB}, slow);
  seeds.add_good(4);
  seeds.add_liar({});
  auto p = seeds.play();
  auto reader = p->open();
  reader->async_read(0, 64 * KiB, [](boost::system::error_code const&, file_bytes const&) {});
  auto const piece = wait_for_a_repair(*p);
  ASSERT_TRUE(piece);

  auto const began = clock::now();
  p->session().remove_torrent(p->torrent);
  reader.reset();
  p->stream.reset();
  EXPECT_TRUE(p->wait_until([&] { return p->disk.stats().used_bytes == 0; }));
  EXPECT_LT(clock::now() - began, patience) << "no repair keeps it";
  EXPECT_EQ(p->disk.stats().pieces_repaired, 0);
  for (auto const& problem : p->problems()) EXPECT_EQ(problem.find("hash"), std::string::npos) << problem;
}

TEST(PieceRepair, EndsWithItsSession) {
  lying_swarm seeds({.size_bytes = 4 * MiB, .piece_length_bytes = 512 * KiB}, slow);
  seeds.add_good(4);
  seeds.add_liar({});
  auto p = seeds.play();
  auto reader = p->open();
  reader->async_read(0, 64 * KiB, [](boost::system::error_code const&, file_bytes const&) {});
  ASSERT_TRUE(wait_for_a_repair(*p));

  auto const began = clock::now();
  p->close();
  EXPECT_LT(clock::now() - began, patience);
  EXPECT_EQ(p->disk.stats().pieces_repaired, 0);
}

TEST(PieceRepair, EndsWhenNobodyIsLeftToAsk) {
  lying_swarm seeds({.size_bytes = 4 * MiB, .piece_length_bytes = 512 * KiB}, slow);
  seeds.add_good(4);
  seeds.add_liar({});
  auto p = seeds.play();
  auto reader = p->open();
  reader->async_read(0, 64 * KiB, [](boost::system::error_code const&, file_bytes const&) {});
  auto const piece = wait_for_a_repair(*p);
  ASSERT_TRUE(piece);

  p->torrent.pause(); // which ends all connections
  EXPECT_TRUE(p->wait_for(
      [&](lt::alert const& alert) {
        auto const* const failed = lt::alert_cast<lt::hash_failed_alert>(&alert);
        return failed && failed->piece_index == *piece;
      },
      patience));
  EXPECT_EQ(p->disk.stats().pieces_repaired, 0);
  EXPECT_EQ(p->disk.stats().peers_banned, 0);
}

} // namespace memtorrent::test
