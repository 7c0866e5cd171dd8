#include "disk/memory_disk_state.hpp"
#include "memtorrent/error.hpp"
#include "support/film.hpp"
#include "support/on_network_thread.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

// What is left of a stream when it ends, and that a torrent has one at a time.

namespace memtorrent::test {

namespace {

/// A film of 64 pieces of 1 MiB on a budget of 16 MiB.
class StreamEnd : public testing::Test {
 protected:
  void SetUp() override { m_swarm.seed(m_film); }

  std::unique_ptr<film_player> play() { return m_swarm.play(m_film, 16 * MiB); }

  static bool is_there(film_player& p, int piece) {
    return p.disk.state()->find(p.torrent)->has_passed(lt::piece_index_t(piece));
  }

  /// Why a piece is kept, once the network thread has done what it was told.
  static keep_reason why_kept(film_player& p, int piece) {
    p.torrent.status({}); // waits for a turn, in which what was posted before is queued
    auto const storage = p.disk.state()->find(p.torrent);
    return on_network_thread(p, [&](lt::torrent&) { return storage->rank(lt::piece_index_t(piece)).reason; });
  }

  film const m_film{{.size_bytes = 64 * MiB, .piece_length_bytes = MiB}};
  swarm m_swarm;
};

} // namespace

TEST_F(StreamEnd, ComesBeforeAnotherStreamOfTheTorrentBegins) {
  auto p = play();
  auto reader = p->open();
  boost::system::error_code ec;
  EXPECT_EQ(torrent_stream::create(p->torrent, p->disk, ec), nullptr);
  EXPECT_EQ(ec, errc::already_streamed);
  EXPECT_EQ(p->read_and_compare(*reader, 0, 20 * MiB), "") << "the first goes on";

  p->stream.reset();
  reader.reset();
  p->stream = torrent_stream::create(p->torrent, p->disk, ec);
  ASSERT_TRUE(p->stream) << ec.message();
  reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, 20 * MiB), "");
}

TEST_F(StreamEnd, LeavesNothingPinned) {
  auto p = play();
  auto reader = p->open();
  ASSERT_EQ(p->read_and_compare(*reader, 0, 2 * MiB), "");
  ASSERT_TRUE(p->wait_until([&] { return is_there(*p, 63); }));
  ASSERT_EQ(why_kept(*p, 63), keep_reason::pinned);
  reader.reset();
  EXPECT_EQ(why_kept(*p, 63), keep_reason::idle_window);
}

TEST_F(StreamEnd, LeavesItsWindowAlsoWhenTheStreamIsDestroyedFirst) {
  auto p = play();
  auto reader = p->open();
  ASSERT_EQ(p->read_and_compare(*reader, 20 * MiB, MiB), "");
  ASSERT_TRUE(p->wait_until([&] { return is_there(*p, 21); }));
  ASSERT_NE(why_kept(*p, 21), keep_reason::idle_window);
  p->stream.reset();
  reader.reset();
  EXPECT_EQ(why_kept(*p, 21), keep_reason::idle_window);
}

} // namespace memtorrent::test
