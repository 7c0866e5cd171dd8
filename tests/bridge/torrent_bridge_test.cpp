#include "bridge/torrent_bridge.hpp"

#include "bridge/peer_bridge.hpp"
#include "support/film.hpp"
#include "support/on_network_thread.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/performance_counters.hpp>
#include <libtorrent/torrent.hpp>

#include <gtest/gtest.h>

#include <memory>

// What rooms above the bridge ask of a torrent and its peers, against the real library.

namespace memtorrent::test {

namespace {

class TorrentBridge : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(m_player->wait_until([&] { return with_seed([](lt::peer_connection&) { return true; }); }));
  }

  /// What `ask` says of the seed; false while there is none.
  template <typename Ask>
  bool with_seed(Ask ask) {
    return on_network_thread(*m_player, [&](lt::torrent& torrent) {
      std::shared_ptr<lt::peer_connection> seed; // `ask` may end it
      for (auto* const peer : torrent) seed = peer_bridge::shared(*peer);
      return seed && peer_bridge::is_live_client(*seed) && ask(*seed);
    });
  }

  film m_film{{.size_bytes = MiB}};
  swarm m_swarm;
  loopback_session& m_seed = m_swarm.seed(m_film);
  std::unique_ptr<film_player> m_player = m_swarm.play(m_film, 16 * MiB);
};

} // namespace

TEST_F(TorrentBridge, KnowsTheRightHash) {
  auto const right = on_network_thread(*m_player, [](lt::torrent& torrent) {
    return torrent_bridge::has_metadata(torrent) ? torrent_bridge::right_hash(torrent, lt::piece_index_t(1))
                                                 : lt::sha1_hash();
  });
  EXPECT_EQ(right, m_film.info()->hash_for_piece(lt::piece_index_t(1)));
}

TEST_F(TorrentBridge, FindsAPeersConnectionByWhatIsRememberedOfIt) {
  EXPECT_TRUE(with_seed([](lt::peer_connection& peer) {
    auto const* const known = peer_bridge::known_as(peer);
    return known && peer_bridge::connection_of(*known) == peer_bridge::shared(peer);
  }));
}

TEST_F(TorrentBridge, KnowsWhichPiecesAPeerHas) {
  EXPECT_TRUE(m_player->wait_until([&] {
    return with_seed([](lt::peer_connection& peer) { return peer_bridge::has_piece(peer, lt::piece_index_t(0)); });
  }));
  EXPECT_FALSE(with_seed([](lt::peer_connection& peer) {
    return peer_bridge::has_piece(peer, lt::piece_index_t(1000));
  })) << "there is no such piece";
}

TEST_F(TorrentBridge, KnowsWhoIsBanned) {
  EXPECT_FALSE(
      with_seed([](lt::peer_connection& peer) { return peer_bridge::is_banned(*peer_bridge::known_as(peer)); }));
  EXPECT_TRUE(with_seed([](lt::peer_connection& peer) {
    auto const* const known = peer_bridge::known_as(peer);
    peer_bridge::ban(peer, peer.stats_counters());
    return peer_bridge::is_banned(*known) && !peer_bridge::is_live_client(peer);
  }));
}

} // namespace memtorrent::test
