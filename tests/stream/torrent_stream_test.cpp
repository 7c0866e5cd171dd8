#include "memtorrent/torrent_stream.hpp"

#include "disk/memory_disk_state.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <libtorrent/alert_types.hpp>
#include <libtorrent/magnet_uri.hpp>
#include <libtorrent/peer_info.hpp>
#include <libtorrent/torrent_status.hpp>

#include <algorithm>
#include <future>
#include <random>

// Readers on real sessions that talk on loopback.

namespace memtorrent::test {

namespace {

std::string first_of(std::vector<std::string> const& problems) { return problems.empty() ? "" : problems.front(); }

// A read whose answer can be waited for with a limit.
class pending_read {
 public:
  pending_read(byte_source& reader, std::int64_t offset, std::int64_t max_bytes) {
    reader.async_read(offset, max_bytes, [p = m_promise](boost::system::error_code ec, file_bytes bytes) {
      p->set_value({ec, std::move(bytes)});
    });
  }

  bool is_answered() { return m_future.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

  boost::system::error_code error() {
    EXPECT_EQ(m_future.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    return m_future.get().first;
  }

 private:
  using answer = std::pair<boost::system::error_code, file_bytes>;
  std::shared_ptr<std::promise<answer>> m_promise = std::make_shared<std::promise<answer>>();
  std::future<answer> m_future = m_promise->get_future();
};

class TorrentStreamVersions : public testing::TestWithParam<torrent_version> {};

TEST_P(TorrentStreamVersions, ReadsEveryFileOfATorrentThatFits) {
  film const f({.size_bytes = 3 * MiB + 12345, .version = GetParam(), .more_files_bytes = {1, MiB / 2 + 1}});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 32 * MiB);
  auto const info = f.info();
  auto const& files = info->files();
  int files_read = 0;
  for (auto const file : files.file_range()) {
    if (files.pad_file_at(file)) continue;
    // libtorrent orders the files its own way; their names say which is which.
    int const number = files.file_name(file).to_string()[5] - '0';
    auto reader = p->open(static_cast<int>(file));
    EXPECT_EQ(reader->size_bytes(), files.file_size(file));
    EXPECT_EQ(p->read_and_compare(*reader, 0, reader->size_bytes(), number), "");
    ++files_read;
  }
  EXPECT_EQ(files_read, 3);
}

TEST_P(TorrentStreamVersions, ReadsAFileEightTimesTheBudget) {
  film const f({.size_bytes = 64 * MiB, .version = GetParam()});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();

  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  EXPECT_EQ(p->read_and_compare(*reader, 0, 8 * MiB), "") << "fetched again";
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
  EXPECT_GT(p->disk.stats().complete_pieces_evicted, 200);
  EXPECT_EQ(first_of(p->problems()), "");
}

INSTANTIATE_TEST_SUITE_P(All, TorrentStreamVersions,
                         testing::Values(torrent_version::v1, torrent_version::v2, torrent_version::hybrid),
                         [](auto const& version) {
                           return version.param == torrent_version::v1   ? "v1"
                                  : version.param == torrent_version::v2 ? "v2"
                                                                         : "hybrid";
                         });

TEST(TorrentStream, ReadsWithinTheBudgetFromManySeeds) {
  film const f({.size_bytes = 96 * MiB, .piece_length_bytes = MiB});
  swarm s;
  for (int i = 0; i < 3; ++i) s.seed(f);
  auto p = s.play(f, 16 * MiB);
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");

  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) {
    auto const offset = static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(f.size_bytes() - MiB));
    EXPECT_EQ(p->read_and_compare(*reader, offset, MiB), "");
  }
  EXPECT_LE(p->disk.stats().peak_bytes, 16 * MiB);
  EXPECT_EQ(first_of(p->problems()), "");
}

TEST(TorrentStream, PlaysPiecesOf16MiBOnABudgetOfTwo) {
  film const f({.size_bytes = 80 * MiB, .piece_length_bytes = 16 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 32 * MiB);
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  EXPECT_EQ(p->read_and_compare(*reader, 40 * MiB, 20 * MiB), "");
  EXPECT_LE(p->disk.stats().peak_bytes, 32 * MiB);
  EXPECT_EQ(first_of(p->problems()), "");
}

// Big pieces: while the first bytes of one are read, the next ones in the window are half downloaded, and the next seek
// leaves them behind.
TEST(TorrentStream, LeavesPartialPiecesBehindWithoutHarm) {
  film const f({.size_bytes = 128 * MiB, .piece_length_bytes = 2 * MiB});
  swarm s;
  // So slow that not even a slow machine gets a whole window before the next seek.
  for (auto* const seed : {&s.seed(f), &s.seed(f)}) seed->session().get_torrents().front().set_upload_limit(40 * MiB);
  auto p = s.play(f, 12 * MiB);
  auto const storage = p->disk.state()->find(p->torrent);
  auto reader = p->open();
  int seeks_that_leave_some = 0;
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    auto const offset = static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(f.size_bytes() - 16384));
    ASSERT_EQ(p->read_and_compare(*reader, offset, 16384), "") << "seek " << i;
    bool leaves_some = false;
    for (auto const piece : f.info()->piece_range())
      leaves_some |= storage->generation(piece) != 0 && !storage->is_complete(piece);
    seeks_that_leave_some += leaves_some ? 1 : 0;
  }
  EXPECT_GT(seeks_that_leave_some, 200);
  EXPECT_GT(p->disk.stats().partial_pieces_evicted, 0);
  EXPECT_LE(p->disk.stats().peak_bytes, 12 * MiB);
  EXPECT_LE(p->disk.stats().mapped_bytes, 12 * MiB);
  EXPECT_EQ(first_of(p->problems()), "");
}

TEST(TorrentStream, KeepsTheBudgetWhenAReaderHoldsOnToItsBytes) {
  film const f({.size_bytes = 32 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();
  std::vector<file_bytes> held;
  std::int64_t offset = 0;
  boost::system::error_code ec;
  // Holds 4 MiB of what it read, all the time.
  while (offset < f.size_bytes()) {
    held.push_back(reader->read(offset, 256 * 1024, ec));
    ASSERT_FALSE(ec) << ec.message();
    ASSERT_EQ(f.first_wrong_byte(0, offset, held.back()), -1);
    offset += total_bytes(held.back());
    if (held.size() > 16) held.erase(held.begin());
  }
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
  EXPECT_EQ(first_of(p->problems()), "");
}

TEST(TorrentStream, SharesTheBudgetBetweenTwoReadersAtOnce) {
  film const f({.size_bytes = 48 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto first = p->open();
  auto second = p->open();
  std::mt19937 random(5);
  for (std::int64_t offset = 0; offset < 16 * MiB; offset += MiB / 2) {
    EXPECT_EQ(p->read_and_compare(*first, offset, MiB / 2), "");
    EXPECT_EQ(p->read_and_compare(*second, 24 * MiB + offset, MiB / 2), "");
  }
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
  EXPECT_EQ(first_of(p->problems()), "");
}

TEST(TorrentStream, SharesTheBudgetBetweenTwoTorrents) {
  film const f({.size_bytes = 24 * MiB, .seed = 1});
  film const g({.size_bytes = 24 * MiB, .seed = 2});
  swarm s;
  s.seed(f);
  auto& seed_of_g = s.seed(g);
  auto p = s.play(f, 8 * MiB);

  auto const other = p->add(g);
  other.torrent.connect_peer(seed_of_g.endpoint());

  boost::system::error_code ec;
  auto reader = p->open();
  auto other_reader = other.stream->open(lt::file_index_t(0), ec);
  for (std::int64_t offset = 0; offset < 24 * MiB; offset += MiB) {
    EXPECT_EQ(p->read_and_compare(*reader, offset, MiB), "");
    auto const bytes = other_reader->read(offset, MiB, ec);
    ASSERT_FALSE(ec) << ec.message();
    EXPECT_EQ(g.first_wrong_byte(0, offset, bytes), -1);
  }
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
}

TEST(TorrentStream, FollowsABudgetThatShrinksAndGrows) {
  film const f({.size_bytes = 48 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 32 * MiB);
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, 8 * MiB), "");
  p->disk.set_budget(4 * MiB);
  EXPECT_EQ(p->read_and_compare(*reader, 8 * MiB, 16 * MiB), "");
  EXPECT_LE(p->disk.stats().used_bytes, 4 * MiB);
  EXPECT_LE(p->disk.stats().mapped_bytes, 32 * MiB);
  p->disk.set_budget(16 * MiB);
  EXPECT_EQ(p->read_and_compare(*reader, 24 * MiB, 24 * MiB), "");
  EXPECT_EQ(first_of(p->problems()), "");
}

// All pieces had: libtorrent gives up the piece picker, and nothing can be let go until it checks again.
TEST(TorrentStream, GoesOnWhenTheBudgetShrinksUnderASeed) {
  film const f({.size_bytes = 8 * MiB});
  swarm s;
  // Real seeds drop one another; this one stays, to be there when it is needed again.
  s.seed(f, [](lt::settings_pack& pack) { pack.set_bool(lt::settings_pack::close_redundant_connections, false); });
  auto p = s.play(f, 16 * MiB);
  auto reader = p->open();
  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  ASSERT_TRUE(p->wait_until([&] { return p->torrent.status().state == lt::torrent_status::seeding; }));

  p->problems(); // so that what is waited for is news
  p->disk.set_budget(2 * MiB);
  ASSERT_TRUE(p->wait_for([](lt::alert const& a) { return lt::alert_cast<lt::torrent_checked_alert>(&a) != nullptr; }));
  EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  EXPECT_LE(p->disk.stats().used_bytes, 2 * MiB);
}

TEST(TorrentStream, GivesItsMemoryBackWhenTheTorrentGoes) {
  film const f({.size_bytes = 16 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  {
    auto reader = p->open();
    EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  }
  p->session().remove_torrent(p->torrent);
  EXPECT_TRUE(p->wait_until([&] { return p->disk.stats().used_bytes == 0 && p->disk.stats().mapped_bytes == 0; }));
}

TEST(TorrentStream, EndsAtTheEndOfTheFile) {
  film const f({.size_bytes = MiB + 3});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();
  boost::system::error_code ec;
  EXPECT_EQ(total_bytes(reader->read(MiB, 100, ec)), 3);
  EXPECT_FALSE(ec);
  EXPECT_TRUE(reader->read(MiB + 3, 100, ec).empty());
  EXPECT_FALSE(ec);
  EXPECT_TRUE(reader->read(MiB + 4, 100, ec).empty());
  EXPECT_EQ(ec, errc::out_of_range);
  EXPECT_TRUE(reader->read(-1, 100, ec).empty());
  EXPECT_EQ(ec, errc::out_of_range);
}

TEST(TorrentStream, RefusesFilesThatAreNotThere) {
  film const f({.size_bytes = MiB + 3, .version = torrent_version::hybrid, .more_files_bytes = {MiB}});
  swarm s;
  auto p = s.play(f, 8 * MiB);
  boost::system::error_code ec;
  for (int const file : {-1, 1 /* the pad */, 3}) {
    EXPECT_EQ(p->stream->open(lt::file_index_t(file), ec), nullptr);
    EXPECT_EQ(ec, errc::no_such_file) << file;
  }
}

TEST(TorrentStream, CompletesAWaitingReadWhenCancelled) {
  film const f({.size_bytes = MiB});
  swarm nobody;
  auto p = nobody.play(f, 8 * MiB);
  auto reader = p->open();
  pending_read read(*reader, 0, 100);
  EXPECT_FALSE(read.is_answered());
  reader->cancel();
  EXPECT_EQ(read.error(), errc::read_cancelled);
}

TEST(TorrentStream, CompletesAWaitingReadWhenItsReaderIsDestroyed) {
  film const f({.size_bytes = MiB});
  swarm nobody;
  auto p = nobody.play(f, 8 * MiB);
  auto reader = p->open();
  pending_read read(*reader, 0, 100);
  reader.reset();
  EXPECT_EQ(read.error(), errc::read_cancelled);
}

TEST(TorrentStream, CompletesAWaitingReadWhenTheTorrentIsRemoved) {
  film const f({.size_bytes = MiB});
  swarm nobody;
  auto p = nobody.play(f, 8 * MiB);
  auto reader = p->open();
  pending_read read(*reader, 0, 100);
  p->session().remove_torrent(p->torrent);
  EXPECT_EQ(read.error(), errc::torrent_removed);
  boost::system::error_code ec;
  EXPECT_EQ(p->stream->open(lt::file_index_t(0), ec), nullptr);
  EXPECT_EQ(ec, errc::torrent_removed);
}

TEST(TorrentStream, CompletesAWaitingReadWhenTheSessionEnds) {
  film const f({.size_bytes = MiB});
  swarm nobody;
  auto p = nobody.play(f, 8 * MiB);
  auto reader = p->open();
  pending_read read(*reader, 0, 100);
  p->close();
  auto const error = read.error();
  EXPECT_TRUE(error == errc::session_closed || error == errc::torrent_removed) << error.message();
}

TEST(TorrentStream, OutlivesTheSessionWithBytesInHand) {
  film const f({.size_bytes = MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();
  boost::system::error_code ec;
  auto bytes = reader->read(0, 1000, ec);
  p->close();
  EXPECT_EQ(f.first_wrong_byte(0, 0, bytes), -1);
  EXPECT_GT(p->disk.stats().used_bytes, 0);
  bytes.clear();
  EXPECT_EQ(p->disk.stats().used_bytes, 0);
  EXPECT_TRUE(reader->read(0, 1000, ec).empty());
  EXPECT_TRUE(ec);
}

TEST(TorrentStream, SaysWhyATorrentCannotBeStreamed) {
  film const f({.size_bytes = 8 * MiB, .piece_length_bytes = MiB});
  memory_disk_config config;
  config.budget_bytes = MiB;
  memory_disk_constructor const ram(config);
  loopback_session session(ram);
  boost::system::error_code ec;

  auto const magnet = session.session().add_torrent(
      lt::parse_magnet_uri("magnet:?xt=urn:btih:0123456789012345678901234567890123456789&dn=unknown"
                           "&tr=http%3A%2F%2F127.0.0.1%3A1"));
  EXPECT_EQ(torrent_stream::create(magnet, ram.disk(), ec), nullptr);
  EXPECT_EQ(ec, errc::no_metadata);

  lt::add_torrent_params params;
  params.ti = f.info();
  params.save_path = "/nowhere";
  auto const big = session.session().add_torrent(params);
  EXPECT_EQ(torrent_stream::create(big, ram.disk(), ec), nullptr);
  EXPECT_EQ(ec, errc::budget_too_small);
  EXPECT_EQ(torrent_stream::create(big, memory_disk_constructor().disk(), ec), nullptr);
  EXPECT_EQ(ec, errc::not_in_memory);
  EXPECT_EQ(torrent_stream::create(lt::torrent_handle(), ram.disk(), ec), nullptr);
  EXPECT_EQ(ec, errc::torrent_removed);
}

TEST(TorrentStream, PlaysInTwoSessionsOfOneProcess) {
  film const f({.size_bytes = 24 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 8 * MiB);
  auto q = s.play(f, 4 * MiB);
  auto const play = [&](film_player& player) {
    auto reader = player.open();
    return player.read_and_compare(*reader, 0, f.size_bytes());
  };
  auto other = std::async(std::launch::async, [&] { return play(*q); });
  EXPECT_EQ(play(*p), "");
  EXPECT_EQ(other.get(), "");
  EXPECT_LE(p->disk.stats().peak_bytes, 8 * MiB);
  EXPECT_LE(q->disk.stats().peak_bytes, 4 * MiB);
}

} // namespace

} // namespace memtorrent::test
