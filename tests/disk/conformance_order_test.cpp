#include "support/any_disk.hpp"
#include "support/disk_load.hpp"
#include "support/short_names.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

// What comes after what, while a lot is outstanding.

namespace memtorrent::test {

namespace {

class DiskOrder : public any_disk_test {
 protected:
  disk_torrent m_torrent{*m_disk, a_film()};

  auto note(std::string what) {
    return [this, what = std::move(what)](auto const&...) { m_order.push_back(what); };
  }

  std::vector<std::string> m_order;
};

} // namespace

TEST_P(DiskOrder, ClearsAPieceWhenAllThatWasOutstandingForItIsAnswered) {
  m_torrent.write_piece(0);
  for (int b = 0; b < 4; ++b) {
    m_torrent.begin_write(0, b, note("write"));
    m_torrent.begin_read(0, b * block_bytes, block_bytes, note("read"));
    m_torrent.begin_hash_block(0, b, note("hash2"));
  }
  m_torrent.begin_hash(0, v1_hash, note("hash"));
  m_disk->io().async_clear_piece(m_torrent.index(), lt::piece_index_t(0), note("clear"));
  m_disk->run_all();
  EXPECT_EQ(m_order.size(), 4 * 3 + 2);
  EXPECT_TRUE(m_order.back() == "clear" || !has(habit::answers_in_order));
}

TEST_P(DiskOrder, ClearsAPieceThatIsAllPadBehindItsHash) {
  disk_torrent padded(*m_disk, v1_layout(64 * KiB, {{5}, pad(3 * 64 * KiB), {5}}));
  padded.begin_hash(1, v1_hash, note("hash"));
  m_disk->io().async_clear_piece(padded.index(), lt::piece_index_t(1), note("clear"));
  m_disk->run_all();
  EXPECT_EQ(m_order.size(), 2);
  EXPECT_TRUE(m_order.back() == "clear" || !has(habit::answers_in_order));
}

TEST_P(DiskOrder, ClearsThePieceThatWasNamed) {
  std::vector<int> cleared;
  for (int p = 0; p < m_torrent.num_pieces(); ++p)
    m_disk->io().async_clear_piece(m_torrent.index(), lt::piece_index_t(p),
                                   [&](lt::piece_index_t piece) { cleared.push_back(static_cast<int>(piece)); });
  m_disk->run_all();
  EXPECT_TRUE(std::is_sorted(cleared.begin(), cleared.end()) || !has(habit::answers_in_order));
  std::sort(cleared.begin(), cleared.end());
  std::vector<int> every_piece(static_cast<std::size_t>(m_torrent.num_pieces()));
  std::iota(every_piece.begin(), every_piece.end(), 0);
  EXPECT_EQ(cleared, every_piece);
}

TEST_P(DiskOrder, TakesAPieceAgainThatWasCleared) {
  m_torrent.write_piece(0);
  bool cleared = false;
  m_disk->io().async_clear_piece(m_torrent.index(), lt::piece_index_t(0), [&](auto) { cleared = true; });
  m_disk->run_until([&] { return cleared; });
  for (int b = 0; b < 4; ++b) m_torrent.change_block(0, b);
  m_torrent.write_piece(0);
  EXPECT_EQ(m_torrent.hash(0).v1, m_torrent.bytes().v1_hash(0));
}

// libtorrent knows that a piece is complete from the answers of its writes.
TEST_P(DiskOrder, AnswersAHashBehindTheWritesItHashed) {
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    m_order.clear();
    for (int b = 0; b < m_torrent.bytes().blocks_in_piece(p); ++b)
      if (!m_torrent.bytes().is_pad_block(p, b)) m_torrent.begin_write(p, b, note("write"));
    m_torrent.begin_hash(p, v1_hash, note("hash"));
    m_disk->run_all();
    ASSERT_GE(m_order.size(), 2);
    EXPECT_TRUE(m_order.back() == "hash" || !has(habit::answers_in_order)) << "piece " << p;
  }
}

TEST_P(DiskOrder, AnswersAStopBehindReadsAndWrites) {
  m_torrent.write_all();
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    m_torrent.begin_write(p, 0, note("write"));
    m_torrent.begin_read(p, 0, 1, note("read"));
    m_torrent.begin_hash(p, v1_hash, note("hash"));
  }
  m_disk->io().async_stop_torrent(m_torrent.index(), note("stop"));
  m_disk->run_all();
  auto const stop = std::find(m_order.begin(), m_order.end(), "stop");
  ASSERT_NE(stop, m_order.end());
  auto const hashes_after = std::count(stop, m_order.end(), "hash");
  EXPECT_TRUE(std::distance(stop, m_order.end()) == 1 + hashes_after || !has(habit::answers_in_order));
  EXPECT_TRUE(hashes_after == 0 || !has(habit::stops_behind_hashes));
}

TEST_P(DiskOrder, AnswersReadsInsideTheCallOnlyFromWritesNotDoneYet) {
  for (int p = 0; p < m_torrent.num_pieces(); ++p)
    for (int b = 0; b < m_torrent.bytes().blocks_in_piece(p); ++b) {
      if (m_torrent.bytes().is_pad_block(p, b)) continue;
      m_torrent.begin_write(p, b, note("write"));
      m_torrent.begin_read(p, b * block_bytes, 1, note("read"));
    }
  // No job was submitted, so that no write is done.
  EXPECT_EQ(m_disk->answers().inside() > 0, has(habit::answers_reads_inside_the_call));
  m_disk->run_all();
  EXPECT_EQ(std::count(m_order.begin(), m_order.end(), "read"), std::count(m_order.begin(), m_order.end(), "write"));
}

TEST_P(DiskOrder, AnswersWhatIsAskedInsideAnAnswer) {
  m_torrent.write_piece(0);
  std::optional<lt::sha1_hash> hash;
  m_torrent.begin_read(0, 0, block_bytes, [&](read_answer const&) {
    m_torrent.begin_write(0, 1, [&](lt::storage_error const&) {
      m_disk->io().async_release_files(m_torrent.index(), [&] {
        m_torrent.begin_hash(0, v1_hash, [&](hash_answer const& answer) { hash = answer.v1; });
      });
    });
  });
  m_disk->run_all();
  ASSERT_TRUE(hash);
  EXPECT_EQ(*hash, m_torrent.bytes().v1_hash(0));
}

TEST_P(DiskOrder, TakesNoHandlerWhereLibtorrentPassesNone) {
  m_torrent.write_all();
  disk_load load(m_torrent);
  load.begin();
  m_disk->io().async_release_files(m_torrent.index());
  m_disk->io().async_stop_torrent(m_torrent.index());
  m_disk->run_all();
  EXPECT_EQ(load.answers(), "all right");
}

// ---- several torrents ----

TEST_P(DiskOrder, AnswersSeveralTorrentsThatAreAllBusy) {
  disk_torrent second(*m_disk, a_film(), 2), third(*m_disk, v1_layout(32 * KiB, {{300'000}}), 3);
  disk_torrent* const torrents[] = {&m_torrent, &second, &third};
  for (auto* const torrent : torrents) torrent->write_all();
  disk_load loads[] = {disk_load(m_torrent), disk_load(second), disk_load(third)};
  for (auto& load : loads) load.begin();
  m_disk->run_all();
  for (auto const& load : loads) EXPECT_EQ(load.answers(), "all right");
}

TEST_P(DiskOrder, AnswersATorrentThatLeftWhileItWasBusy) {
  m_torrent.write_all();
  disk_load load(m_torrent);
  load.begin();
  m_torrent.remove();
  m_disk->run_all();
  EXPECT_EQ(load.wrong_answers(), "none wrong");
}

TEST_P(DiskOrder, GivesTheSlotOfATorrentThatLeftBusyToTheNext) {
  m_torrent.write_all();
  auto const slot = m_torrent.index();
  disk_load load(m_torrent);
  load.begin();
  if (!has(habit::tells_users_of_a_slot_apart)) {
    bool stopped = false;
    m_disk->io().async_stop_torrent(slot, [&] { stopped = true; });
    m_disk->run_until([&] { return stopped; });
  }
  m_torrent.remove();

  disk_torrent next(*m_disk, a_film(), 2);
  ASSERT_EQ(next.index(), slot);
  for (int p = 0; p < next.num_pieces(); ++p) next.begin_write_piece(p);
  int right = 0;
  for (int p = 0; p < next.num_pieces(); ++p)
    next.begin_hash(p, v1_hash, [&, p](hash_answer const& a) { right += !a.error && a.v1 == next.bytes().v1_hash(p); });
  m_disk->run_all();
  EXPECT_EQ(right, next.num_pieces());
  EXPECT_EQ(load.wrong_answers(), "none wrong");
}

FOR_EVERY_DISK(DiskOrder);

} // namespace memtorrent::test
