#include "disk/memory_disk_state.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"
#include "support/temporary_folder.hpp"

#include <libtorrent/torrent_info.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>

namespace memtorrent::test {

namespace {

constexpr std::chrono::seconds limit(60);

// A film of 64 pieces of 1 MiB on a budget of 16 MiB.
class Preload : public testing::Test {
 protected:
  film const f{{.size_bytes = 64 * MiB, .piece_length_bytes = MiB}};
  swarm s;
  boost::system::error_code ec;

  static bool is_there(film_player& p, int piece) {
    return p.disk.state()->find(p.torrent)->has_passed(lt::piece_index_t(piece));
  }
};

TEST_F(Preload, IsDoneWhenTheFirstBytesAndTheEndsAreThere) {
  s.seed(f);
  auto p = s.play(f, 16 * MiB);
  auto const preload = p->stream->preload(lt::file_index_t(0), 6 * MiB, ec);
  ASSERT_FALSE(ec) << ec.message();
  auto done = preload->done();
  ASSERT_EQ(done.wait_for(limit), std::future_status::ready);
  EXPECT_FALSE(done.get());
  for (int const piece : {0, 1, 2, 3, 4, 5, 63}) EXPECT_TRUE(is_there(*p, piece)) << piece;
  auto const progress = preload->progress();
  EXPECT_TRUE(progress.done);
  EXPECT_EQ(progress.bytes_there, 7 * MiB);
  EXPECT_EQ(progress.bytes_wanted, 7 * MiB);
}

TEST_F(Preload, AsksForNoMoreThanTheBudgetHolds) {
  s.seed(f);
  auto p = s.play(f, 16 * MiB);
  auto const preload = p->stream->preload(lt::file_index_t(0), 60 * MiB, ec);
  auto done = preload->done();
  ASSERT_EQ(done.wait_for(limit), std::future_status::ready);
  EXPECT_FALSE(done.get());
  EXPECT_GE(preload->progress().bytes_wanted, 12 * MiB);
  EXPECT_LE(preload->progress().bytes_wanted, 16 * MiB);
}

TEST(PreloadOfNothing, IsDoneAtOnce) {
  film const f({.size_bytes = 2 * MiB, .piece_length_bytes = MiB, .more_files_bytes = {0}});
  swarm nobody;
  auto p = nobody.play(f, 16 * MiB);
  boost::system::error_code ec;
  auto const preload = p->stream->preload(lt::file_index_t(1), MiB, ec);
  ASSERT_FALSE(ec) << ec.message();
  ASSERT_EQ(preload->done().wait_for(limit), std::future_status::ready);
  EXPECT_EQ(preload->progress().bytes_wanted, 0);
}

TEST(PreloadOfAFile, DoesNotWaitForAnotherFile) {
  film const two({.size_bytes = 2 * MiB, .piece_length_bytes = MiB, .more_files_bytes = {3 * MiB}});
  temporary_folder const with_the_second;
  auto const second = two.info()->files().file_path(lt::file_index_t(1));
  std::filesystem::create_directories((with_the_second.path() / second).parent_path());
  std::filesystem::copy_file(two.folder() / second, with_the_second.path() / second);
  swarm s;
  auto& half_a_seed = s.leech(two, with_the_second.path());
  auto p = s.play(two, 16 * MiB);
  auto const reader = p->open(0);
  reader->async_read(0, 1, [](boost::system::error_code, file_bytes const&) {});
  boost::system::error_code ec;
  auto const preload = p->stream->preload(lt::file_index_t(1), MiB, ec);
  ASSERT_FALSE(ec) << ec.message();
  auto done = preload->done();
  p->torrent.connect_peer(half_a_seed.endpoint());
  ASSERT_EQ(done.wait_for(limit), std::future_status::ready);
  EXPECT_FALSE(done.get());
  EXPECT_EQ(p->stream->status().at(0).offset, 0) << "nobody has that file";
}

TEST_F(Preload, HandsItsWindowOverToTheFirstReader) {
  s.seed(f);
  auto p = s.play(f, 16 * MiB);
  auto const preload = p->stream->preload(lt::file_index_t(0), 4 * MiB, ec);
  ASSERT_EQ(preload->done().wait_for(limit), std::future_status::ready);
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  EXPECT_LE(p->disk.stats().peak_bytes, 16 * MiB);
}

TEST_F(Preload, EndsWhenAReaderBeginsBeforeItIsDone) {
  auto p = s.play(f, 16 * MiB); // nobody has the film
  auto const preload = p->stream->preload(lt::file_index_t(0), 4 * MiB, ec);
  auto done = preload->done();
  EXPECT_EQ(done.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  EXPECT_FALSE(preload->progress().done);
  EXPECT_EQ(preload->progress().bytes_there, 0);
  EXPECT_EQ(preload->progress().left, std::nullopt) << "nothing comes";
  auto reader = p->open();
  reader->async_read(0, 1, [](boost::system::error_code, file_bytes const&) {});
  ASSERT_EQ(done.wait_for(limit), std::future_status::ready);
  EXPECT_FALSE(done.get());
}

TEST_F(Preload, SaysThatItsTorrentWasRemoved) {
  auto p = s.play(f, 16 * MiB);
  auto const preload = p->stream->preload(lt::file_index_t(0), 4 * MiB, ec);
  auto done = preload->done();
  p->session().remove_torrent(p->torrent);
  ASSERT_EQ(done.wait_for(limit), std::future_status::ready);
  EXPECT_EQ(done.get(), errc::torrent_removed);
  EXPECT_EQ(p->stream->preload(lt::file_index_t(0), MiB, ec), nullptr);
  EXPECT_EQ(ec, errc::torrent_removed);
}

TEST_F(Preload, IsCancelledWhenItIsGivenUp) {
  auto p = s.play(f, 16 * MiB);
  auto preload = p->stream->preload(lt::file_index_t(0), 4 * MiB, ec);
  auto done = preload->done();
  preload.reset();
  ASSERT_EQ(done.wait_for(limit), std::future_status::ready);
  EXPECT_EQ(done.get(), errc::read_cancelled);
}

TEST_F(Preload, RefusesFilesThatAreNotThere) {
  auto p = s.play(f, 16 * MiB);
  EXPECT_EQ(p->stream->preload(lt::file_index_t(1), MiB, ec), nullptr);
  EXPECT_EQ(ec, errc::no_such_file);
}

} // namespace

} // namespace memtorrent::test
