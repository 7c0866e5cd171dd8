#include "bridge/streaming_peer.hpp"

#include "support/film.hpp"
#include "support/on_network_thread.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/peer_connection.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/torrent_status.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>

namespace memtorrent::test {

namespace {

class StreamingPeer : public testing::Test {
 protected:
  void SetUp() override {
    m_swarm.seed(m_film);
    m_player = m_swarm.play(m_film, 8 * MiB);
  }

  void limit_requests(int fewest, int most) {
    on_network_thread(*m_player, [&](lt::torrent& torrent) {
      for (auto* peer : torrent) streaming_peer::limit_requests(*peer, fewest, most);
    });
  }

  bool gets(int index, std::chrono::seconds within) {
    m_player->torrent.set_piece_deadline(piece(index), 0);
    return m_player->wait_until([&] { return m_player->torrent.have_piece(piece(index)); }, within);
  }

  std::int64_t payload_bytes() { return m_player->torrent.status({}).total_payload_download; }

  film const m_film{{.size_bytes = 8 * MiB, .piece_length_bytes = MiB}};
  swarm m_swarm;
  std::unique_ptr<film_player> m_player;
};

} // namespace

// Once a second libtorrent asks for what is due.
TEST_F(StreamingPeer, APeerThatIsToBeAskedForNothingIsNotAskedForWhatIsDueEither) {
  ASSERT_TRUE(gets(0, std::chrono::seconds(60))) << "it lets us ask";
  limit_requests(0, 0);
  auto const before = payload_bytes();
  EXPECT_FALSE(gets(1, std::chrono::seconds(3)));
  EXPECT_EQ(payload_bytes(), before);
  limit_requests(4, 100);
  EXPECT_TRUE(gets(1, std::chrono::seconds(60)));
}

} // namespace memtorrent::test
