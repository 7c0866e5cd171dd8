#include "bridge/picker_bridge.hpp"

#include "bridge/private_member.hpp"
#include "disk/reader_space.hpp"
#include "support/film.hpp"
#include "support/on_network_thread.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <libtorrent/alert_types.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/torrent_status.hpp>

#include <algorithm>

// The bridge against the real library: a player's session on loopback, looked at through libtorrent's public status.

namespace memtorrent::test {

namespace {

MEMTORRENT_REACH(time_critical_pieces, lt::torrent::m_time_critical_pieces);

class PickerBridge : public testing::TestWithParam<torrent_version> {
 protected:
  // The last file's end leaves one piece that is never wanted, so that the torrent is never a seed.
  film m_film{{.size_bytes = 4 * MiB + 5000, .version = GetParam(), .more_files_bytes = {MiB + 77}}};
  swarm m_swarm;
  loopback_session& m_seed = m_swarm.seed(m_film);
  std::unique_ptr<film_player> m_player = m_swarm.play(m_film, 64 * MiB);
  lt::counters m_counters;

  void download_first_file() {
    auto reader = m_player->open(0);
    ASSERT_EQ(m_player->read_and_compare(*reader, 0, m_film.size_bytes()), "");
  }

  void let_go(int piece) {
    on_network_thread(*m_player,
                      [&](lt::torrent& t) { picker_bridge::let_go(t, lt::piece_index_t(piece), m_counters); });
  }

  picker_bridge::piece_state state_of(int piece) {
    return on_network_thread(*m_player,
                             [&](lt::torrent& t) { return picker_bridge::state_of(t, lt::piece_index_t(piece)); });
  }

  boost::system::error_code self_check() {
    return on_network_thread(*m_player, [](lt::torrent& t) { return picker_bridge::self_check(t); });
  }
};

TEST_P(PickerBridge, PassesItsSelfCheckOnThisLibtorrent) {
  EXPECT_FALSE(self_check());
  download_first_file();
  EXPECT_FALSE(self_check());
}

TEST_P(PickerBridge, TakesACompletePieceOut) {
  download_first_file();
  int const had = m_player->torrent.status().num_pieces;
  ASSERT_EQ(state_of(3), picker_bridge::piece_state::have);

  let_go(3);

  auto const status = m_player->torrent.status(lt::torrent_handle::query_pieces);
  EXPECT_EQ(state_of(3), picker_bridge::piece_state::open);
  EXPECT_EQ(status.num_pieces, had - 1);
  EXPECT_FALSE(status.pieces[lt::piece_index_t(3)]);
  EXPECT_EQ(m_player->torrent.piece_priority(lt::piece_index_t(3)), lt::dont_download);
  EXPECT_FALSE(self_check());
}

TEST_P(PickerBridge, TakesAPiecesProgressBack) {
  download_first_file();
  auto const progress = [&] { return m_player->torrent.file_progress(lt::torrent_handle::piece_granularity); };
  auto const before = progress();

  let_go(3);

  auto const after = progress();
  EXPECT_EQ(after[0], before[0] - m_film.piece_length_bytes());
  EXPECT_EQ(after.size(), before.size());
}

TEST_P(PickerBridge, TakesTheDeadlineOfAPieceThatNobodyWantsAway) {
  m_player->torrent.pause(); // so that it does not come
  m_player->torrent.set_piece_deadline(lt::piece_index_t(3), 1000);
  m_player->torrent.set_piece_deadline(lt::piece_index_t(4), 1000, lt::torrent_handle::alert_when_available);
  auto const due = [&] {
    return on_network_thread(*m_player,
                             [](lt::torrent& torrent) { return member(torrent, time_critical_pieces{}).size(); });
  };
  ASSERT_EQ(due(), 2U);
  auto const forget_deadline = [&](int piece) {
    on_network_thread(*m_player, [&](lt::torrent& torrent) {
      picker_bridge::forget_unwanted_deadline(torrent, lt::piece_index_t(piece));
    });
  };
  forget_deadline(3);
  EXPECT_EQ(due(), 2U) << "it is wanted";
  let_go(3);
  let_go(4);
  forget_deadline(3);
  forget_deadline(4);
  EXPECT_EQ(due(), 1U) << "somebody is to be told of piece 4";
  EXPECT_FALSE(self_check());
}

// It says how many pieces came, and libtorrent asserts that such counters only rise.
TEST_P(PickerBridge, LeavesTheCountOfPiecesThatCameAlone) {
  download_first_file();
  let_go(3);
  EXPECT_EQ(m_counters[lt::counters::num_have_pieces], 0);
}

TEST_P(PickerBridge, LetsEveryPieceGoAndFetchesItAgain) {
  download_first_file();
  auto const storage = m_player->disk.state()->find(m_player->torrent);
  auto const resident = [&] {
    return on_network_thread(*m_player, [&](lt::torrent&) { return storage->order().pieces(); });
  };
  auto const pieces = resident().size();
  for (int round = 0; round < 3; ++round) {
    for (auto const piece : resident()) {
      let_go(static_cast<int>(piece));
      on_network_thread(*m_player, [&](lt::torrent&) {
        storage->evict(piece);
        m_player->disk.state()->space()->listener_of(*storage)->on_piece_evicted(piece);
      });
    }
    EXPECT_FALSE(self_check());
    EXPECT_EQ(m_player->torrent.status().num_pieces, 0);
    download_first_file();
    EXPECT_EQ(resident().size(), pieces);
  }
  EXPECT_TRUE(m_player->problems().empty()) << m_player->problems().front();
}

INSTANTIATE_TEST_SUITE_P(Versions, PickerBridge,
                         testing::Values(torrent_version::v1, torrent_version::v2, torrent_version::hybrid),
                         [](auto const& version) {
                           switch (version.param) {
                             case torrent_version::v1: return "v1";
                             case torrent_version::v2: return "v2";
                             case torrent_version::hybrid: return "hybrid";
                           }
                           return "unknown";
                         });

} // namespace

} // namespace memtorrent::test
