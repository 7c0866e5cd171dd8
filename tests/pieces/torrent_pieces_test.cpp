#include "memtorrent/torrent_pieces.hpp"

#include "disk/memory_disk_state.hpp"
#include "disk/reader_space.hpp"
#include "memtorrent/torrent_stream.hpp"
#include "support/uniform_torrent.hpp"

#include <gtest/gtest.h>
#include <libtorrent/aux_/session_interface.hpp>
#include <libtorrent/torrent.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

// What an embedder with a scheduler of his own says of a torrent's pieces: in whole sessions, without peers.

namespace memtorrent::test {

namespace {

constexpr int small_piece_bytes = 64 * 1024;

piece_list pieces(std::initializer_list<int> numbers) {
  piece_list list;
  for (int const number : numbers) list.emplace_back(number);
  return list;
}

memory_disk_config follows_caps() {
  memory_disk_config config;
  config.budget_bytes = 2 * small_piece_bytes;
  config.budget_follows_caps = true;
  return config;
}

/// A torrent of 64 pieces with memory for eight, in a session whose budget is what its torrents were given.
class TorrentPieces : public testing::Test {
 protected:
  lt::torrent_handle add(uniform_torrent const& bytes, std::int64_t cap_bytes, bool raise = false) {
    lt::add_torrent_params params;
    torrent_placement where;
    where.cap_bytes = cap_bytes;
    where.raise_small_cap = raise;
    torrent_pieces::mark(params, m_session->disk, where);
    return m_session->add(bytes, params);
  }
  void put(int begin, int end) {
    m_session->put(m_torrent, m_bytes, begin, end);
    (void)has(begin); // by then the turn has ended in which the last one passed
  }
  bool has(int piece) { return m_torrent.have_piece(lt::piece_index_t(piece)); }
  int read(int piece) {
    std::vector<char> bytes(small_piece_bytes);
    int const size = m_pieces->read(lt::piece_index_t(piece), 0, bytes);
    if (size > 0) {
      EXPECT_EQ(bytes, m_bytes.piece());
    }
    return size;
  }
  std::int64_t cap(lt::torrent_handle const& torrent) {
    boost::system::error_code ec;
    return m_session->disk.stats(torrent, ec).cap_bytes;
  }
  lt::download_priority_t priority(int piece) { return m_torrent.piece_priority(lt::piece_index_t(piece)); }
  /// Writes a block, as libtorrent does.
  void write(int piece, int block) {
    on_network_thread([&] {
      lt::peer_request const request{lt::piece_index_t(piece), block * block_size_bytes, block_size_bytes};
      auto const torrent = m_torrent.native_handle();
      torrent->session().disk_thread().async_write(torrent->storage(), request, m_bytes.piece().data() + request.start,
                                                   nullptr, {}, {});
    });
  }
  int blocks_there(int piece) {
    return m_session->disk.state()->find(m_torrent)->blocks_there(lt::piece_index_t(piece));
  }
  /// Runs in a turn of its own, after what was posted before.
  void on_network_thread(std::function<void()> const& work) {
    std::promise<void> done;
    m_session->disk.state()->network()->post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }
  std::int64_t budget() { return m_session->disk.stats().budget_bytes; }
  std::int64_t used(lt::torrent_handle const& torrent) {
    boost::system::error_code ec;
    return m_session->disk.stats(torrent, ec).used_bytes;
  }

  uniform_torrent const m_bytes{64, small_piece_bytes, "one"};
  memory_disk_constructor m_ram{follows_caps()};
  std::optional<ram_session> m_session{m_ram};
  lt::torrent_handle m_torrent = add(m_bytes, 8 * small_piece_bytes);
  std::shared_ptr<torrent_pieces> m_pieces = torrent_pieces::of(m_torrent);
};

} // namespace

TEST_F(TorrentPieces, ReadsWhatIsThereAndNothingElse) {
  put(3, 4);
  EXPECT_EQ(read(3), small_piece_bytes);
  EXPECT_EQ(read(4), -1);
  EXPECT_EQ(read(-1), -1);
  EXPECT_EQ(read(64), -1);
  char byte = 0;
  EXPECT_EQ(m_pieces->read(lt::piece_index_t(3), small_piece_bytes, {&byte, 1}), 0) << "there is no more of it";
  EXPECT_EQ(m_pieces->read(lt::piece_index_t(3), -1, {&byte, 1}), -1);
}

TEST_F(TorrentPieces, KeepsWhatReadersAreAtAndWhatIsReserved) {
  m_pieces->set_reader_pieces(pieces({10, 11, 12, 13}));
  m_pieces->set_reserved_pieces(pieces({0, 63}));
  put(0, 1);
  put(63, 64);
  put(10, 14);
  put(20, 40);
  for (int const kept : {0, 10, 11, 12, 13, 63}) EXPECT_EQ(read(kept), small_piece_bytes) << kept;
}

TEST_F(TorrentPieces, WhatIsFarAheadMakesSpaceForWhatIsNear) {
  m_pieces->set_reader_pieces(pieces({10, 11, 12, 13, 14, 15, 16, 17, 18, 19}));
  put(12, 20);
  put(10, 12);
  EXPECT_TRUE(has(10) && has(11) && has(17));
  EXPECT_FALSE(has(18) || has(19));
}

TEST_F(TorrentPieces, SpaceIsMadeForWhatSomebodyWaitsFor) {
  m_pieces->set_reader_pieces(pieces({10, 11, 12, 13, 14, 15, 16, 17}));
  put(10, 18);
  m_pieces->expect(lt::piece_index_t(40));
  put(40, 41);
  EXPECT_TRUE(has(40));
  m_pieces->set_reader_pieces(pieces({10, 11, 12, 13, 14, 15, 16, 17}));
  put(17, 18);
  EXPECT_TRUE(has(17)) << "what is there is not expected any more";
}

TEST_F(TorrentPieces, OfWhatSomebodyWaitsForTheFirstBecomesCompleteInTheSmallestMemory) {
  m_pieces->set_cap(2 * small_piece_bytes);
  for (int const piece : {40, 41, 42}) m_pieces->expect(lt::piece_index_t(piece));
  // As they come from peers: a block of each in turn.
  for (int block = 0; block < small_piece_bytes / block_size_bytes; ++block)
    for (int const piece : {42, 41, 40}) write(piece, block);
  EXPECT_EQ(blocks_there(40), 4);
  EXPECT_EQ(blocks_there(41), 4);
  EXPECT_EQ(blocks_there(42), 0);
}

TEST_F(TorrentPieces, WhatHadNoSpaceIsAskedForAgainWhenWhatSomebodyWaitedForWasRead) {
  m_pieces->set_cap(2 * small_piece_bytes);
  for (int const piece : {40, 41, 42}) m_pieces->expect(lt::piece_index_t(piece));
  put(40, 42);
  write(42, 0);
  EXPECT_TRUE(m_session->wait_until([&] { return priority(42) == lt::dont_download; }));
  EXPECT_TRUE(has(40) && has(41));

  EXPECT_EQ(read(40), small_piece_bytes);
  EXPECT_TRUE(m_session->wait_until([&] { return priority(42) == lt::top_priority; }));
  put(42, 43);
  EXPECT_TRUE(has(41) && has(42));
  EXPECT_FALSE(has(40));
}

TEST_F(TorrentPieces, LookBehindGoesBeforeLookAhead) {
  m_pieces->set_look_behind_pieces(pieces({6, 7, 8, 9}));
  m_pieces->set_reader_pieces(pieces({10, 11, 12, 13}));
  put(6, 14);
  EXPECT_EQ(m_pieces->look_behind().available_pieces, 4);
  EXPECT_EQ(m_pieces->look_behind().available_bytes, 4 * small_piece_bytes);
  m_pieces->set_reader_pieces(pieces({10, 11, 12, 13, 14, 15}));
  put(14, 16);
  EXPECT_TRUE(has(14) && has(15));
  EXPECT_FALSE(m_pieces->is_look_behind_available(lt::piece_index_t(6)));
  EXPECT_TRUE(m_pieces->is_look_behind_available(lt::piece_index_t(9)));
  EXPECT_FALSE(m_pieces->is_look_behind_available(lt::piece_index_t(10))) << "that is ahead";
  EXPECT_EQ(m_pieces->look_behind().protected_pieces, 4);
  EXPECT_EQ(m_pieces->look_behind().available_pieces, 2);
}

TEST_F(TorrentPieces, LookBehindMakesSpaceHoweverItWasNamed) {
  m_pieces->set_look_behind_pieces(pieces({15, 14, 13, 12, 8, 6, 4, 2, 2}));
  for (int const piece : {2, 4, 6, 8}) put(piece, piece + 1);
  put(12, 16);
  EXPECT_EQ(m_pieces->look_behind().protected_pieces, 8);
  EXPECT_EQ(m_pieces->look_behind().available_pieces, 8);
  m_pieces->set_reader_pieces(pieces({16, 17, 18, 19, 20, 21, 22, 23}));
  put(16, 24);
  for (int piece = 16; piece < 24; ++piece) EXPECT_TRUE(has(piece)) << piece;
  EXPECT_EQ(m_pieces->look_behind().available_pieces, 0);
}

TEST_F(TorrentPieces, TheBudgetIsWhatTorrentsWereGiven) {
  EXPECT_EQ(budget(), 8 * small_piece_bytes);
  uniform_torrent const other_bytes(16, small_piece_bytes, "other");
  auto const other = add(other_bytes, 1, true);
  EXPECT_EQ(budget(), 10 * small_piece_bytes) << "two pieces are the least";
  m_pieces->set_cap(4 * small_piece_bytes);
  EXPECT_TRUE(m_session->wait_until([&] { return budget() == 6 * small_piece_bytes; }));
  m_session->session().remove_torrent(m_torrent);
  m_session->session().remove_torrent(other);
  EXPECT_TRUE(m_session->wait_until([&] { return budget() == 2 * small_piece_bytes; })) << "the least that it is";
}

TEST_F(TorrentPieces, ATorrentThatIsAllThereShrinksToItsCapThoughNobodyNamedAPiece) {
  uniform_torrent const small(6, small_piece_bytes, "small");
  auto const whole = add(small, 6 * small_piece_bytes);
  m_session->put(whole, small, 0, 6);
  ASSERT_TRUE(m_session->wait_until([&] { return whole.status().is_seeding; }));
  torrent_pieces::of(whole)->set_cap(2 * small_piece_bytes);
  EXPECT_TRUE(m_session->wait_until([&] { return used(whole) == 2 * small_piece_bytes; }));
  EXPECT_TRUE(m_session->wait_until([&] { return whole.status().num_pieces == 2; })) << "what fits stays";
  m_session->session().remove_torrent(whole);
}

// Both share one budget here.
TEST(TorrentPiecesOnOneBudget, ATorrentThatIsAllThereMakesSpaceForAnother) {
  memory_disk_config config;
  config.budget_bytes = 8 * small_piece_bytes;
  memory_disk_constructor const ram(config);
  ram_session session(ram);
  auto const add = [&](uniform_torrent const& bytes) {
    lt::add_torrent_params params;
    torrent_pieces::mark(params, session.disk, {});
    return session.add(bytes, params);
  };
  uniform_torrent const first_bytes(8, small_piece_bytes, "first");
  uniform_torrent const second_bytes(1000, small_piece_bytes, "second");
  auto const first = add(first_bytes);
  session.put(first, first_bytes, 0, 8);
  ASSERT_TRUE(session.wait_until([&] { return first.status().is_seeding; }));

  auto const second = add(second_bytes);
  // Another each time: libtorrent does not take one again that was added in vain.
  int next = 0;
  EXPECT_TRUE(session.wait_until([&] {
    if (next < second_bytes.num_pieces()) second.add_piece(lt::piece_index_t(next++), second_bytes.piece().data());
    return second.status().num_pieces > 0;
  }));
  EXPECT_FALSE(second.have_piece(lt::piece_index_t(0))) << "for that there was no space";
  EXPECT_EQ(second.piece_priority(lt::piece_index_t(0)), lt::default_priority) << "nobody but libtorrent sets it";
}

// What is held never goes: half a piece of each of three, where two fit, would be the end.
TEST(TorrentPiecesOnOneBudget, HoldsPiecesForTheReadersThatMovedLast) {
  memory_disk_config config;
  config.budget_bytes = 2 * small_piece_bytes;
  memory_disk_constructor const ram(config);
  ram_session session(ram);
  std::vector<uniform_torrent> films;
  for (char const* const name : {"first", "second", "third"}) films.emplace_back(8, small_piece_bytes, name);
  std::vector<lt::torrent_handle> torrents;
  for (auto const& film : films) {
    lt::add_torrent_params params;
    torrent_pieces::mark(params, session.disk, {});
    torrents.push_back(session.add(film, params));
  }
  auto const kept = [&](lt::torrent_handle const& torrent) {
    std::promise<keep_reason> reason;
    session.disk.state()->network()->post(
        [&] { reason.set_value(session.disk.state()->find(torrent)->rank(lt::piece_index_t(3)).reason); });
    return reason.get_future().get();
  };
  auto const name_piece = [&](std::size_t which) {
    torrent_pieces::of(torrents[which])->set_reader_pieces(pieces({3}));
  };
  for (std::size_t const which : {0, 1, 2}) name_piece(which);
  EXPECT_TRUE(session.wait_until([&] { return kept(torrents[0]) == keep_reason::look_ahead; }));
  EXPECT_EQ(kept(torrents[1]), keep_reason::pinned);
  EXPECT_EQ(kept(torrents[2]), keep_reason::pinned);

  torrent_pieces::of(torrents[2])->set_reader_pieces({});
  EXPECT_TRUE(session.wait_until([&] { return kept(torrents[0]) == keep_reason::pinned; }));
}

TEST(TorrentPiecesOnOneBudget, ATorrentThatNobodyMarkedMakesSpaceTooWhenItIsAllThere) {
  memory_disk_config config;
  config.budget_bytes = 8 * small_piece_bytes;
  memory_disk_constructor const ram(config);
  ram_session session(ram);
  uniform_torrent const first_bytes(8, small_piece_bytes, "first");
  uniform_torrent const second_bytes(1000, small_piece_bytes, "second");
  auto const first = session.add(first_bytes, {});
  session.put(first, first_bytes, 0, 8);
  ASSERT_TRUE(session.wait_until([&] { return first.status().is_seeding; }));

  auto const second = session.add(second_bytes, {});
  int next = 0;
  EXPECT_TRUE(session.wait_until([&] {
    if (next < second_bytes.num_pieces()) second.add_piece(lt::piece_index_t(next++), second_bytes.piece().data());
    return second.status().num_pieces > 0;
  }));
  EXPECT_TRUE(session.wait_until([&] { return first.status().num_pieces > 0; })) << "not all of it went";
}

TEST_F(TorrentPieces, ATorrentThatIsStreamedStaysWithItsStream) {
  boost::system::error_code ec;
  auto const stream = torrent_stream::create(m_torrent, m_session->disk, ec);
  ASSERT_FALSE(ec) << ec.message();
  auto const reader = stream->open(lt::file_index_t(0), ec);
  ASSERT_FALSE(ec) << ec.message();
  m_pieces->set_reader_pieces(pieces({40}));
  auto const answer = std::make_shared<std::promise<std::size_t>>();
  auto read = answer->get_future();
  reader->async_read(0, 1,
                     [answer](boost::system::error_code, file_bytes const& bytes) { answer->set_value(bytes.size()); });
  put(0, 1);
  ASSERT_TRUE(
      m_session->wait_until([&] { return read.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
  EXPECT_EQ(read.get(), 1U);
}

TEST_F(TorrentPieces, IsSafeWhenTheTorrentAndTheSessionAreGone) {
  put(0, 1);
  m_session->session().remove_torrent(m_torrent);
  EXPECT_TRUE(m_session->wait_until([&] { return !m_pieces->is_in_memory(); }));
  auto const use = [this] {
    EXPECT_EQ(read(0), -1);
    m_pieces->set_cap(1 << 20);
    m_pieces->set_reader_pieces(pieces({0}));
    m_pieces->set_reserved_pieces(pieces({0}));
    m_pieces->set_look_behind_pieces(pieces({0}));
    m_pieces->expect(lt::piece_index_t(0));
    EXPECT_FALSE(m_pieces->is_look_behind_available(lt::piece_index_t(0)));
    EXPECT_EQ(m_pieces->look_behind().available_pieces, 0);
  };
  use();
  m_session.reset();
  use();
  EXPECT_EQ(torrent_pieces::of(m_torrent), nullptr);
}

TEST_F(TorrentPieces, ACapThatIsTooSmallIsTwoPiecesEvenIfItIsNegative) {
  put(0, 4);
  for (std::int64_t const too_small : {std::int64_t{1}, std::int64_t{-1}, std::int64_t{-1} << 40}) {
    m_pieces->set_cap(4 * small_piece_bytes);
    EXPECT_EQ(m_pieces->cap_bytes(), 4 * small_piece_bytes);
    m_pieces->set_cap(too_small);
    EXPECT_EQ(m_pieces->cap_bytes(), 2 * small_piece_bytes);
    EXPECT_TRUE(m_session->wait_until([&] { return cap(m_torrent) == 2 * small_piece_bytes; }));
    EXPECT_TRUE(m_session->wait_until([&] { return used(m_torrent) <= 2 * small_piece_bytes; }));
  }
  m_pieces->set_cap(0);
  EXPECT_EQ(m_pieces->cap_bytes(), 0) << "no cap";

  uniform_torrent const other_bytes(16, small_piece_bytes, "other");
  auto const other = add(other_bytes, -5, true);
  EXPECT_EQ(torrent_pieces::of(other)->cap_bytes(), 2 * small_piece_bytes);
  m_session->session().remove_torrent(other);
}

TEST_F(TorrentPieces, IsNothingForATorrentThatHasAnotherMark) {
  torrent_placement mark;
  lt::add_torrent_params params;
  params.userdata = lt::client_data_t(&mark);
  uniform_torrent const other_bytes(16, small_piece_bytes, "other");
  auto const other = m_session->add(other_bytes, params);
  EXPECT_EQ(torrent_pieces::of(other), nullptr);
  m_session->session().remove_torrent(other);
}

} // namespace memtorrent::test
