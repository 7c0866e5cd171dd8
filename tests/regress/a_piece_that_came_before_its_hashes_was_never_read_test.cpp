// A v2 torrent that begins as a magnet link has no hashes of its pieces yet. libtorrent decides on a piece that came
// before them when a peer has sent them, and tells nobody but plugins: who read there waited for ever.

#include "disk/memory_disk_state.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>
#include <libtorrent/torrent_info.hpp>

#include <future>

namespace memtorrent::test {

namespace {

TEST(Regress, APieceThatCameBeforeItsHashesWasNeverRead) {
  film const f({.size_bytes = 8 * MiB, .piece_length_bytes = MiB, .version = torrent_version::v2});
  swarm s;
  auto& seed = s.seed(f);
  memory_disk_config config;
  config.budget_bytes = 16 * MiB;
  memory_disk_constructor ram(config);
  loopback_session session(ram, [](lt::settings_pack& pack) { apply_streaming_settings(pack); });
  lt::add_torrent_params params;
  params.ti = f.info();
  params.ti->free_piece_layers(); // as it comes from a magnet link
  params.save_path = "/nowhere";
  prepare_for_streaming(params);
  auto const torrent = session.session().add_torrent(params);
  boost::system::error_code ec;
  auto const stream = torrent_stream::create(torrent, ram.disk(), ec);
  ASSERT_TRUE(stream) << ec.message();
  std::promise<file_bytes> first;
  auto const reader = stream->open(lt::file_index_t(0), ec);
  reader->async_read(0, 1, [&](boost::system::error_code, file_bytes const& bytes) { first.set_value(bytes); });

  std::vector<char> piece;
  for (int i = 0; i < MiB; ++i) piece.push_back(f.byte_at(0, i));
  torrent.add_piece(lt::piece_index_t(0), piece);
  auto const storage = ram.disk().state()->find(torrent);
  ASSERT_TRUE(session.wait_until([&] {
    auto const queue = torrent.get_download_queue();
    return !queue.empty() && queue[0].finished == queue[0].blocks_in_piece &&
           !storage->is_being_hashed(lt::piece_index_t(0));
  }));
  ASSERT_EQ(torrent.status().num_pieces, 0) << "there is no hash to compare it with";
  torrent.connect_peer(seed.endpoint());
  auto bytes = first.get_future();
  ASSERT_EQ(bytes.wait_for(std::chrono::seconds(60)), std::future_status::ready);
  EXPECT_EQ(f.first_wrong_byte(0, 0, bytes.get()), -1);
}

} // namespace

} // namespace memtorrent::test
