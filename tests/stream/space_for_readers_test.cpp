#include "stream/play_head.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <vector>

// More readers than the budget has space for.

namespace memtorrent::test {

namespace {

/// A read that was begun and may wait.
class pending_read {
 public:
  pending_read(std::unique_ptr<byte_source> reader, std::int64_t offset) : m_reader(std::move(reader)) {
    m_reader->async_read(offset, 1, [done = m_done](boost::system::error_code ec, file_bytes const& bytes) {
      done->set_value(!ec && !bytes.empty());
    });
  }
  bool comes() { return m_came.wait_for(std::chrono::seconds(60)) == std::future_status::ready && m_came.get(); }
  void close() { m_reader.reset(); }

 private:
  std::shared_ptr<std::promise<bool>> m_done = std::make_shared<std::promise<bool>>();
  std::future<bool> m_came = m_done->get_future();
  std::unique_ptr<byte_source> m_reader;
};

/// Whether the readers come to wait for these reasons.
bool wait_for(film_player& player, torrent_stream const& stream, std::vector<wait_reason> const& reasons) {
  return player.wait_until([&] {
    std::vector<wait_reason> now;
    for (auto const& reader : stream.status()) now.push_back(reader.wait.reason);
    return now == reasons;
  });
}

constexpr auto no_peers = wait_reason::no_peers;
constexpr auto too_small = wait_reason::budget_too_small;

} // namespace

TEST(SpaceForReaders, GoesToThoseThatCameLastAndThenToTheOthers) {
  film const f({.size_bytes = 64 * MiB, .piece_length_bytes = MiB});
  swarm s;
  auto p = s.play(f, 4 * MiB);
  std::vector<std::unique_ptr<pending_read>> reads;
  for (int i = 0; i < 6; ++i) reads.push_back(std::make_unique<pending_read>(p->open(), i * 10 * MiB));
  EXPECT_TRUE(wait_for(*p, *p->stream, {too_small, too_small, no_peers, no_peers, no_peers, no_peers}));

  p->torrent.connect_peer(s.seed(f).endpoint());
  for (std::size_t i = 2; i < 6; ++i) EXPECT_TRUE(reads[i]->comes()) << i;
  for (std::size_t i = 2; i < 6; ++i) reads[i]->close();
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(reads[i]->comes()) << i;
  EXPECT_LE(p->disk.stats().peak_bytes, 4 * MiB);
}

TEST(SpaceForReaders, IsSharedByThoseInTheSamePiece) {
  film const f({.size_bytes = 64 * MiB, .piece_length_bytes = MiB});
  swarm s;
  auto p = s.play(f, 2 * MiB);
  std::vector<std::unique_ptr<pending_read>> reads;
  for (int i = 0; i < 6; ++i) reads.push_back(std::make_unique<pending_read>(p->open(), i * 1000));
  EXPECT_TRUE(wait_for(*p, *p->stream, std::vector<wait_reason>(6, no_peers)));
  p->torrent.connect_peer(s.seed(f).endpoint());
  for (auto const& read : reads) EXPECT_TRUE(read->comes());
}

// Half a piece of each, and space for no other half, would be the end.
TEST(SpaceForReaders, GoesToTheTorrentsThatWereOpenedLast) {
  std::vector<std::unique_ptr<film>> films;
  for (std::uint64_t i = 0; i < 3; ++i)
    films.push_back(
        std::make_unique<film>(film::options{.size_bytes = 16 * MiB, .piece_length_bytes = 2 * MiB, .seed = i + 1}));
  swarm s;
  auto p = s.play(*films[0], 4 * MiB);
  boost::system::error_code ec;
  std::vector<lt::torrent_handle> torrents{p->torrent};
  std::vector<std::shared_ptr<torrent_stream>> streams{p->stream};
  for (std::size_t i = 1; i < films.size(); ++i) {
    auto const added = p->add(*films[i]);
    torrents.push_back(added.torrent);
    streams.push_back(added.stream);
  }
  std::vector<std::unique_ptr<pending_read>> reads;
  for (auto const& stream : streams)
    reads.push_back(std::make_unique<pending_read>(stream->open(lt::file_index_t(0), ec), 0));
  EXPECT_TRUE(wait_for(*p, *streams[2], {no_peers}));
  EXPECT_TRUE(wait_for(*p, *streams[1], {no_peers}));
  EXPECT_TRUE(wait_for(*p, *streams[0], {too_small}));

  for (std::size_t i = 0; i < films.size(); ++i) torrents[i].connect_peer(s.seed(*films[i]).endpoint());
  EXPECT_TRUE(reads[2]->comes());
  EXPECT_TRUE(reads[1]->comes());
  reads[2]->close();
  EXPECT_TRUE(reads[0]->comes());
  EXPECT_LE(p->disk.stats().peak_bytes, 4 * MiB);
}

TEST(SpaceForReaders, GoesToAPreloadOnlyWhereNobodyWaits) {
  film const f({.size_bytes = 8 * MiB, .piece_length_bytes = MiB, .more_files_bytes = {8 * MiB, 8 * MiB}});
  swarm s;
  auto p = s.play(f, 2 * MiB);
  pending_read read(p->open(0), 0);
  boost::system::error_code ec;
  std::vector<std::unique_ptr<preload>> preloads;
  for (int const file : {1, 2}) preloads.push_back(p->stream->preload(lt::file_index_t(file), MiB, ec));
  EXPECT_TRUE(wait_for(*p, *p->stream, {no_peers}));
  p->torrent.connect_peer(s.seed(f).endpoint());
  EXPECT_TRUE(read.comes());
}

TEST(LeftOpen, IsWhatHasNotReadForAWhileBesideAnotherReader) {
  using std::chrono::milliseconds;
  EXPECT_FALSE(is_left_open(milliseconds(5000), false, false));
  EXPECT_TRUE(is_left_open(milliseconds(5001), false, false));
}

TEST(LeftOpen, IsNotAViewerWhoPausesUnlessAnotherTorrentPlays) {
  using std::chrono::minutes;
  EXPECT_FALSE(is_left_open(minutes(90), true, false));
  EXPECT_FALSE(is_left_open(minutes(1), true, true));
  EXPECT_TRUE(is_left_open(minutes(2), true, true));
}

} // namespace memtorrent::test
