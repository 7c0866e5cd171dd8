#include "bridge/peer_bridge.hpp"

#include "bridge/picker_bridge.hpp"
#include "bridge/private_member.hpp"
#include "disk/memory_disk_io.hpp"
#include "support/event_count.hpp"
#include "support/film.hpp"
#include "support/on_network_thread.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/peer_connection.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/piece_block.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/torrent_peer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

// The bridge against the real library, on loopback.

namespace memtorrent::test {

namespace {

MEMTORRENT_REACH(sent_requests, lt::peer_connection::m_download_queue);
MEMTORRENT_REACH(unsent_requests, lt::peer_connection::m_request_queue);

/// The first piece of a film is asked of a seed that never sends. A good one that has it too is asked for nothing by
/// libtorrent.
class OwedBlocks : public testing::Test {
 protected:
  void SetUp() override {
    want(0);
    m_player->torrent.connect_peer(m_silent.endpoint());
    ASSERT_TRUE(m_player->wait_until([&] { return owed().size() == blocks_per_piece; }));
    want(1);
    m_player->torrent.connect_peer(m_good.endpoint());
    ASSERT_TRUE(m_player->wait_until([&] { return has(1); }));
    limit_requests(m_good, 0);
    want(0);
  }

  void want(int piece) {
    std::vector<lt::download_priority_t> wanted(static_cast<std::size_t>(m_film.info()->num_pieces()),
                                                lt::dont_download);
    wanted[static_cast<std::size_t>(piece)] = lt::top_priority;
    m_player->torrent.prioritize_pieces(wanted);
  }
  bool has(int piece) { return m_player->torrent.have_piece(lt::piece_index_t(piece)); }

  std::vector<owed_block> owed() {
    return on_network_thread(*m_player,
                             [](lt::torrent& t) { return peer_bridge::owed_blocks(t, lt::piece_index_t(0)); });
  }

  bool is_requested(int block) {
    return on_network_thread(*m_player, [&](lt::torrent& t) {
      return picker_bridge::is_requested(t, {lt::piece_index_t(0), block});
    });
  }

  template <typename Work>
  void with_peer(loopback_session& seed, Work work) {
    on_network_thread(*m_player, [&](lt::torrent& torrent) {
      for (auto* const peer : torrent)
        if (peer->remote() == seed.endpoint()) work(torrent, *peer);
    });
  }
  /// Requests of the first piece that libtorrent takes a seed to be answering.
  int open_requests(loopback_session& seed) {
    std::ptrdiff_t open = 0;
    with_peer(seed, [&](lt::torrent&, lt::peer_connection& peer) {
      auto const count = [&](auto const& queue) {
        open += std::count_if(queue.begin(), queue.end(), [](lt::pending_block const& pending) {
          return pending.block.piece_index == lt::piece_index_t(0) && !pending.not_wanted && !pending.timed_out;
        });
      };
      count(member(peer, sent_requests{}));
      count(member(peer, unsent_requests{}));
    });
    return static_cast<int>(open);
  }

  void limit_requests(loopback_session& seed, int most) {
    with_peer(seed, [&](lt::torrent&, lt::peer_connection& peer) { peer_bridge::limit_requests(peer, 0, most); });
  }

  /// Requests what is owed of the first piece of a seed as well, as soon as that may be.
  void request_of(loopback_session& seed) {
    bool is_asked = false;
    ASSERT_TRUE(m_player->wait_until([&] {
      with_peer(seed, [&](lt::torrent& torrent, lt::peer_connection& peer) {
        if (!peer_bridge::may_be_asked(torrent, peer, lt::piece_index_t(0))) return;
        peer_handle const asked(peer.self());
        auto const blocks = peer_bridge::owed_blocks(torrent, lt::piece_index_t(0));
        for (int block = 0; block < static_cast<int>(blocks_per_piece); ++block)
          if (picker_bridge::is_requested(torrent, {lt::piece_index_t(0), block}) &&
              std::none_of(blocks.begin(), blocks.end(),
                           [&](auto const& owed) { return owed.block == block && owed.peer == asked; }))
            peer_bridge::request_as_well(torrent, peer, {lt::piece_index_t(0), block});
        is_asked = true;
      });
      return is_asked;
    }));
  }

  /// To all peers.
  std::int64_t cancels_sent() {
    // They are sent in a turn of their own, which a turn that comes from this thread may overtake, but not two.
    on_network_thread(*m_player, [](lt::torrent&) {});
    std::int64_t sent = 0;
    with_peer(m_good, [&](lt::torrent&, lt::peer_connection& peer) {
      sent = peer.stats_counters()[lt::counters::num_outgoing_cancel];
    });
    return sent;
  }

  boost::system::error_code self_check() {
    return on_network_thread(*m_player, [](lt::torrent& t) { return picker_bridge::self_check(t); });
  }

  static constexpr std::size_t blocks_per_piece = 4;
  film m_film{{.size_bytes = MiB, .piece_length_bytes = blocks_per_piece * block_bytes}};
  swarm m_swarm;
  std::unique_ptr<film_player> m_player = m_swarm.play(m_film, 16 * MiB);
  loopback_session& m_silent = m_swarm.silent_seed(m_film);
  loopback_session& m_good = m_swarm.seed(m_film);
};

} // namespace

TEST_F(OwedBlocks, AreCountedInTheirOrder) {
  auto const blocks = owed();
  for (std::size_t i = 0; i < blocks.size(); ++i) EXPECT_EQ(blocks[i].before_it, static_cast<int>(i));
}

TEST_F(OwedBlocks, ComeFromAnotherPeerThatIsAskedAsWell) {
  EXPECT_FALSE(has(0));
  request_of(m_good);
  EXPECT_TRUE(m_player->wait_until([&] { return has(0); }));
  EXPECT_EQ(self_check(), boost::system::error_code());
  EXPECT_EQ(m_player->problems(), std::vector<std::string>{});
}

TEST_F(OwedBlocks, AreOwedByBothPeersUntilOneIsGone) {
  auto& silent_too = m_swarm.silent_seed(m_film);
  m_player->torrent.connect_peer(silent_too.endpoint());
  limit_requests(silent_too, 0);

  request_of(silent_too);
  EXPECT_EQ(owed().size(), 2 * blocks_per_piece);

  silent_too.close();
  ASSERT_TRUE(m_player->wait_until([&] { return owed().size() == blocks_per_piece; }));
  EXPECT_TRUE(is_requested(0));
  m_silent.close();
  ASSERT_TRUE(m_player->wait_until([&] { return owed().empty(); }));
  EXPECT_FALSE(is_requested(0));
  EXPECT_EQ(self_check(), boost::system::error_code());

  limit_requests(m_good, 100);
  m_player->torrent.set_piece_deadline(lt::piece_index_t(0), 0);
  EXPECT_TRUE(m_player->wait_until([&] { return has(0); })) << "they are free again";
}

TEST_F(OwedBlocks, AreCancelledOnceTheyHaveCome) {
  request_of(m_good);
  ASSERT_TRUE(m_player->wait_until([&] { return has(0); }));
  EXPECT_TRUE(owed().empty()) << "though the silent seed has rejected none";
  auto const before = cancels_sent();
  auto const cancel_all = [&] {
    on_network_thread(*m_player, [](lt::torrent& torrent) {
      for (int block = 0; block < static_cast<int>(blocks_per_piece); ++block)
        peer_bridge::cancel(torrent, {lt::piece_index_t(0), block});
    });
  };
  cancel_all();
  EXPECT_EQ(cancels_sent(), before + static_cast<int>(blocks_per_piece)) << "libtorrent has not done so";
  cancel_all();
  EXPECT_EQ(cancels_sent(), before + static_cast<int>(blocks_per_piece)) << "once";
  EXPECT_EQ(self_check(), boost::system::error_code());
}

TEST_F(OwedBlocks, AreCancelledWhenTheirPieceIsLetGo) {
  limit_requests(m_silent, 2); // what is not sent by now stays unsent
  // Or else the torrent would be finished, and not know it before a priority changes.
  m_player->torrent.piece_priority(lt::piece_index_t(2), lt::low_priority);
  auto const before = cancels_sent();
  on_network_thread(*m_player, [](lt::torrent& torrent) {
    lt::counters counters;
    picker_bridge::let_go(torrent, lt::piece_index_t(0), counters);
  });
  EXPECT_EQ(open_requests(m_silent), 0);
  EXPECT_EQ(cancels_sent(), before + static_cast<int>(blocks_per_piece));
  EXPECT_EQ(self_check(), boost::system::error_code());

  limit_requests(m_good, 100);
  want(0);
  EXPECT_TRUE(m_player->wait_until([&] { return has(0); })) << "they can be asked for again";
  EXPECT_EQ(m_player->problems(), std::vector<std::string>{});
}

// libtorrent believes of a block that was dropped that it was requested of nobody.
TEST_F(OwedBlocks, AreCancelledWhenAnotherPeersAreDropped) {
  m_player->disk.set_budget(0);
  request_of(m_good);
  ASSERT_TRUE(m_player->wait_until(
      [&] { return m_player->disk.stats().blocks_dropped >= static_cast<int>(blocks_per_piece); }));
  EXPECT_TRUE(m_player->wait_until([&] { return open_requests(m_silent) == 0; }, patience));
  EXPECT_EQ(self_check(), boost::system::error_code());
}

TEST_F(OwedBlocks, MayNotBeAskedOfAPeerOnParole) {
  auto const may_be_asked = [&](bool on_parole) {
    bool may = false;
    with_peer(m_good, [&](lt::torrent& torrent, lt::peer_connection& peer) {
      peer_bridge::parole parole;
      parole.set(peer, on_parole);
      may = peer_bridge::may_be_asked(torrent, peer, lt::piece_index_t(0));
      parole.set(peer, false);
    });
    return may;
  };
  ASSERT_TRUE(m_player->wait_until([&] { return may_be_asked(false); }));
  EXPECT_FALSE(may_be_asked(true));
}

// libtorrent counts to 8 in a field that ends at 7, so that the best peers are taken for the worst.
TEST(PeerTrust, StaysHighAfterMoreGoodPiecesThanItCanCount) {
  film const f({.size_bytes = MiB, .piece_length_bytes = 64 * KiB});
  swarm s;
  s.seed(f);
  auto const p = s.play(f, 512 * KiB); // less than the film: who has all of it is left by seeds
  auto const reader = p->open();
  ASSERT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  auto const trust = on_network_thread(*p, [](lt::torrent& torrent) {
    std::vector<int> of_peers;
    for (auto* const peer : torrent) of_peers.push_back(peer->peer_info_struct()->trust_points);
    return of_peers;
  });
  EXPECT_EQ(trust, std::vector<int>{7});
}

} // namespace memtorrent::test
