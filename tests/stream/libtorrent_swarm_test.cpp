#include "stream/libtorrent_swarm.hpp"

#include "bridge/picker_bridge.hpp"
#include "support/film.hpp"
#include "support/on_network_thread.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/error_code.hpp>
#include <libtorrent/operations.hpp>
#include <libtorrent/peer_connection.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace memtorrent::test {

namespace {

class LibtorrentSwarm : public testing::Test {
 protected:
  /// The only sender, as soon as there is one.
  peer_handle only_sender() {
    std::vector<sender> senders;
    EXPECT_TRUE(m_player->wait_until([&] {
      senders = on_network_thread(*m_player, [&](lt::torrent&) { return m_controls.senders(); });
      return senders.size() == 1;
    }));
    return senders.empty() ? peer_handle() : senders.front().peer;
  }

  bool is_connected() {
    return on_network_thread(*m_player, [&](lt::torrent& torrent) { return torrent.begin() != torrent.end(); });
  }

  film const m_film{{.size_bytes = MiB}};
  swarm m_swarm;
  std::unique_ptr<film_player> m_player = m_swarm.play(m_film, 8 * MiB);
  libtorrent_swarm m_controls{m_player->torrent};
  static constexpr lt::piece_index_t piece{0};
};

} // namespace

TEST_F(LibtorrentSwarm, DoesNothingToAPeerThatHasLeft) {
  auto& seed = m_swarm.seed(m_film);
  m_player->torrent.connect_peer(seed.endpoint());
  auto const peer = only_sender();
  EXPECT_TRUE(on_network_thread(*m_player, [&](lt::torrent&) { return m_controls.may_be_asked(peer, piece); }));

  seed.close();
  ASSERT_TRUE(m_player->wait_until([&] { return !is_connected(); }));
  on_network_thread(*m_player, [&](lt::torrent& torrent) {
    EXPECT_FALSE(m_controls.may_be_asked(peer, piece));
    m_controls.limit_requests(peer, 0, 0);
    m_controls.request_as_well(peer, piece, 0);
    EXPECT_FALSE(picker_bridge::is_requested(torrent, {piece, 0}));
    EXPECT_EQ(picker_bridge::self_check(torrent), boost::system::error_code());
  });
}

TEST_F(LibtorrentSwarm, TakesAPeerThatIsBeingClosedForOneThatHasLeft) {
  m_player->torrent.connect_peer(m_swarm.seed(m_film).endpoint());
  auto const peer = only_sender();
  EXPECT_EQ(only_sender(), peer);

  on_network_thread(*m_player, [&](lt::torrent&) {
    auto const connection = peer.connection();
    ASSERT_TRUE(connection);
    lt::peer_connection_interface& closed = *connection;
    closed.disconnect(lt::errors::torrent_paused, lt::operation_t::bittorrent);
    EXPECT_EQ(peer.connection(), nullptr);
    EXPECT_FALSE(m_controls.may_be_asked(peer, piece));
    EXPECT_TRUE(m_controls.senders().empty());
  });
}

} // namespace memtorrent::test
