#include "disk/piece_repair.hpp"

#include "support/film.hpp"
#include "support/swarm.hpp"

#include <libtorrent/alert_types.hpp>
#include <libtorrent/peer_info.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

// Seeds that lie, and a player that finds them out while it plays.

namespace memtorrent::test {

namespace {

constexpr std::int64_t MiB = 1024 * 1024;
constexpr int seed_bytes_per_second = 2 * MiB;

using endpoints = std::set<lt::tcp::endpoint>;

/// Four good seeds, and liars. Each sends at a rate that has all of them send blocks of each piece.
class PieceRepair : public testing::Test {
 protected:
  PieceRepair() : m_film({.size_bytes = 24 * MiB, .piece_length_bytes = 2 * MiB}) {
    for (int i = 0; i < 4; ++i) m_good.insert(limited(m_swarm.seed(m_film)).endpoint());
  }

  void add_liar(lie const& how) { limited(m_swarm.liar(m_film, how)); }

  std::unique_ptr<film_player> play() {
    auto p = m_swarm.play(m_film, 16 * MiB);
    EXPECT_TRUE(p->wait_until([&] { return !connected(*p).empty(); }));
    return p;
  }

  static endpoints connected(film_player& player) {
    std::vector<lt::peer_info> peers;
    player.torrent.get_peer_info(peers);
    endpoints found;
    for (auto const& peer : peers) found.insert(peer.ip);
    return found;
  }

  film m_film;
  swarm m_swarm;
  endpoints m_good;

 private:
  static loopback_session& limited(loopback_session& seeder) {
    seeder.session().get_torrents().front().set_upload_limit(seed_bytes_per_second);
    return seeder;
  }
};

/// All that went wrong in the player is that it threw liars out.
void expect_only_liars_lost(film_player& player, std::size_t liars) {
  auto const problems = player.problems();
  EXPECT_EQ(problems.size(), liars);
  for (auto const& problem : problems) EXPECT_NE(problem.find("corrupt"), std::string::npos) << problem;
  EXPECT_EQ(player.disk.stats().peers_banned, static_cast<std::int64_t>(liars));
}

} // namespace

TEST_F(PieceRepair, PlaysThroughASeedThatCorruptsEverything) {
  add_liar({});
  auto p = play();
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, m_film.size_bytes()), "");
  EXPECT_GE(p->disk.stats().pieces_repaired, 1);
  EXPECT_LE(p->disk.stats().peak_bytes, 16 * MiB);
  expect_only_liars_lost(*p, 1);
  EXPECT_EQ(connected(*p), m_good);
}

TEST_F(PieceRepair, PlaysThroughASeedThatCorruptsEveryEighthBlock) {
  add_liar({.one_block_in = 8});
  auto p = play();
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, m_film.size_bytes()), "");
  EXPECT_GE(p->disk.stats().pieces_repaired, 1);
  expect_only_liars_lost(*p, 1);
  EXPECT_EQ(connected(*p), m_good);
}

TEST_F(PieceRepair, PlaysThroughTwoLiars) {
  add_liar({.one_block_in = 1, .with = 0x0f});
  add_liar({.one_block_in = 8, .with = 0xf0});
  auto p = play();
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, m_film.size_bytes()), "");
  EXPECT_GE(p->disk.stats().pieces_repaired, 1);
  expect_only_liars_lost(*p, 2);
  EXPECT_EQ(connected(*p), m_good);
}

} // namespace memtorrent::test
