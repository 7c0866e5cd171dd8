#include "disk/memory_disk_state.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

namespace memtorrent::test {

namespace {

bool is_there(film_player& p, int piece) {
  return p.disk.state()->find(p.torrent)->has_passed(lt::piece_index_t(piece));
}

TEST(StreamStatus, HasNothingToSayBeforeAnybodyReads) {
  film const f({.size_bytes = MiB});
  swarm nobody;
  auto p = nobody.play(f, 8 * MiB);
  auto reader = p->open();
  EXPECT_TRUE(p->stream->status().empty());
}

TEST(StreamStatus, SaysThatAReaderWaitsForPeers) {
  film const f({.size_bytes = MiB});
  swarm nobody;
  auto p = nobody.play(f, 8 * MiB);
  auto reader = p->open();
  reader->async_read(1000, 1, [](boost::system::error_code, file_bytes const&) {});
  ASSERT_TRUE(p->wait_until([&] {
    auto const readers = p->stream->status();
    return !readers.empty() && readers[0].wait.reason == wait_reason::no_peers && readers[0].wait.time.count() > 100;
  }));
  EXPECT_EQ(p->stream->status()[0].offset, 1000);
  EXPECT_EQ(p->stream->status()[0].buffered_bytes, 0);
}

TEST(StreamStatus, SaysThatNoPeerHasThePiece) {
  film const f({.size_bytes = MiB});
  temporary_folder const empty;
  swarm s;
  auto& other = s.leech(f, empty.path());
  auto p = s.play(f, 8 * MiB);
  p->torrent.connect_peer(other.endpoint());
  auto reader = p->open();
  reader->async_read(0, 1, [](boost::system::error_code, file_bytes const&) {});
  EXPECT_TRUE(p->wait_until([&] {
    auto const readers = p->stream->status();
    return !readers.empty() && readers[0].wait.reason == wait_reason::nobody_has_it;
  }));
}

TEST(StreamStatus, KnowsABufferInSecondsByTheFilmsDuration) {
  film const f({.size_bytes = 4 * MiB, .piece_length_bytes = MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 16 * MiB);
  boost::system::error_code ec;
  p->stream->set_duration(lt::file_index_t(0), std::chrono::seconds(4), ec);
  EXPECT_FALSE(ec) << ec.message();
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, MiB), "");
  ASSERT_TRUE(p->wait_until([&] { return p->stream->status()[0].buffered_bytes == 3 * MiB; }));
  auto const status = p->stream->status()[0];
  EXPECT_EQ(status.drain_bytes_per_s, MiB);
  EXPECT_EQ(status.buffered_time, std::chrono::seconds(3));
  EXPECT_EQ(status.stalls_in, std::nullopt) << "the rest of the film is there";
  EXPECT_EQ(status.wait.reason, wait_reason::none);

  p->stream->set_duration(lt::file_index_t(1), std::chrono::seconds(8), ec);
  EXPECT_EQ(ec, errc::no_such_file);
}

TEST(PinnedFileEnds, AreFetchedAndStayWhileTheFileIsRead) {
  film const f({.size_bytes = 64 * MiB, .piece_length_bytes = MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, 2 * MiB), "");
  ASSERT_TRUE(p->wait_until([&] { return is_there(*p, 63); })) << "nobody has read there";
  EXPECT_EQ(p->read_and_compare(*reader, 2 * MiB, 50 * MiB), "");
  EXPECT_TRUE(is_there(*p, 0));
  EXPECT_TRUE(is_there(*p, 63));
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
}

TEST(PinnedFileEnds, StayNoLongerThanTheFileIsRead) {
  film const f({.size_bytes = 32 * MiB, .piece_length_bytes = MiB, .more_files_bytes = {32 * MiB}});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 6 * MiB);
  auto first = p->open(0);
  EXPECT_EQ(p->read_and_compare(*first, 0, 2 * MiB, 0), "");
  first.reset();
  auto second = p->open(1);
  EXPECT_EQ(p->read_and_compare(*second, 0, 20 * MiB, 1), "");
  EXPECT_FALSE(is_there(*p, 0));
}

} // namespace

} // namespace memtorrent::test
