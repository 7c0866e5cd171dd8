#include "support/disk_harness.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>
#include <libtorrent/disk_observer.hpp>

#include <memory>
#include <vector>

// What happens when the budget is full: who goes, who is dropped, who is told when there is space again.

namespace memtorrent::test {

namespace {

/// A peer that was told to wait.
struct waiting_peer final : lt::disk_observer {
  void on_disk() override { ++woken; }
  int woken = 0;
};

// A piece that a worker still hashes would not go yet.
void fill(disk_torrent& torrent, int piece) {
  torrent.write_piece(piece);
  EXPECT_EQ(torrent.hash(piece).error, lt::error_code());
}

void fill_all(disk_torrent& torrent) {
  for (int p = 0; p < torrent.num_pieces(); ++p) fill(torrent, p);
}

/// Eight pieces of two blocks, on a budget of three pieces.
class MemoryDiskIoSpace : public testing::Test {
 protected:
  disk_harness m_ram{6 * block_bytes};
  disk_torrent m_torrent{m_ram, v1_layout(32 * KiB, {{8 * 32 * KiB}})};

  /// References to every block of three pieces, so that nothing can go. They fill the budget.
  std::vector<lt::disk_buffer_holder> referenced_budget() {
    std::vector<lt::disk_buffer_holder> buffers;
    for (int p = 0; p < 3; ++p) {
      fill(m_torrent, p);
      for (int b = 0; b < 2; ++b) buffers.push_back(m_torrent.read(p, b * 16 * KiB, 16 * KiB).buffer);
    }
    return buffers;
  }

  void expect_within_budget() {
    EXPECT_LE(m_ram.stats().used_bytes, 6 * block_bytes);
    EXPECT_LE(m_ram.stats().peak_bytes, 6 * block_bytes);
  }
};

auto into(lt::error_code& error) {
  return [&error](lt::storage_error const& e) { error = e.ec; };
}

} // namespace

// ---- who goes ----

TEST_F(MemoryDiskIoSpace, LetsTheLeastRecentlyUsedPieceGo) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  ASSERT_EQ(m_torrent.read(0, 0, 1).error, lt::error_code());
  fill(m_torrent, 3);
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 2, 3}));
  expect_within_budget();
}

TEST_F(MemoryDiskIoSpace, LetsPartOfAPieceGoToo) {
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  for (int p = 1; p < 4; ++p) fill(m_torrent, p);
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{1, 2, 3}));
}

TEST_F(MemoryDiskIoSpace, LetsPiecesOfAnotherTorrentGo) {
  disk_torrent other(m_ram, v1_layout(32 * KiB, {{8 * 32 * KiB}}), 2);
  fill(other, 0);
  fill(m_torrent, 0);
  fill(m_torrent, 1);
  fill(m_torrent, 2);
  EXPECT_EQ(other.pieces_there(), (std::vector<int>{}));
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 1, 2}));
}

TEST_F(MemoryDiskIoSpace, NeverLetsThePieceGoThatIsArriving) {
  disk_torrent one(m_ram, v1_layout(8 * 16 * KiB, {{8 * 16 * KiB}}));
  for (int b = 0; b < 6; ++b) ASSERT_EQ(one.write(0, b), lt::error_code());
  EXPECT_EQ(one.write(0, 6), cancelled());
  for (int b = 0; b < 6; ++b) EXPECT_EQ(one.read(0, b * 16 * KiB, 16 * KiB).says(), "right");
}

TEST_F(MemoryDiskIoSpace, DoesNotLetAPieceGoWhileItIsHashed) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  hash_answer answer{cancelled(), {}, {}};
  m_torrent.begin_hash(0, lt::disk_interface::v1_hash, [&](hash_answer a) { answer = std::move(a); });
  lt::error_code error = cancelled();
  EXPECT_FALSE(m_torrent.begin_write(3, 0, into(error)));
  m_ram.run_all();
  EXPECT_EQ(error, lt::error_code());
  EXPECT_EQ(answer.v1, m_torrent.bytes().v1_hash(0));
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 2, 3}));
}

TEST_F(MemoryDiskIoSpace, CountsBlocksThatWereEvictedWhileTheyAreReferenced) {
  fill(m_torrent, 0);
  auto sent_to_a_peer = m_torrent.read(0, 0, 16 * KiB);
  for (int p = 1; p < 4; ++p) fill(m_torrent, p);
  EXPECT_EQ(m_torrent.pieces_there().front(), 2) << "one block of piece 0 is still in the budget";
  EXPECT_EQ(sent_to_a_peer.says(), "right");
  m_torrent.remove();
  EXPECT_EQ(m_ram.stats().used_bytes, block_bytes);
  sent_to_a_peer.buffer.reset();
  EXPECT_EQ(m_ram.stats().used_bytes, 0);
}

TEST_F(MemoryDiskIoSpace, MakesSpaceToReadAcrossBlocks) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  auto const answer = m_torrent.read(0, 10 * KiB, 12 * KiB);
  EXPECT_EQ(answer.says(), "right");
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 2})) << "the least recently used other piece goes";
  expect_within_budget();
}

TEST_F(MemoryDiskIoSpace, CancelsAReadAcrossBlocksWithoutSpace) {
  auto const buffers = referenced_budget();
  EXPECT_EQ(m_torrent.read(0, 10 * KiB, 12 * KiB).error, cancelled());
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 1, 2}));
  expect_within_budget();
}

// Peers go on asking for what was just evicted, until they have read the dont-have.
TEST_F(MemoryDiskIoSpace, LetsNothingGoForAReadOfWhatIsNotThere) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  EXPECT_EQ(m_torrent.read(5, 0, 16 * KiB).error, cancelled());
  EXPECT_EQ(m_torrent.read(5, 10 * KiB, 16 * KiB).error, cancelled());
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 1, 2}));
}

// ---- an evicted piece and its writes ----

TEST_F(MemoryDiskIoSpace, CancelsAWriteWhosePieceGoesBeforeItsAnswer) {
  lt::error_code first, last;
  EXPECT_FALSE(m_torrent.begin_write(0, 0, into(first)));
  for (int p = 1; p < 4; ++p)
    for (int b = 0; b < 2; ++b) EXPECT_FALSE(m_torrent.begin_write(p, b, into(last)));
  m_ram.run_all();
  EXPECT_EQ(first, cancelled());
  EXPECT_EQ(last, lt::error_code());
}

TEST_F(MemoryDiskIoSpace, CancelsAWriteWhosePieceGoesAndComesAgainBeforeItsAnswer) {
  lt::error_code first, other, again = cancelled();
  EXPECT_FALSE(m_torrent.begin_write(0, 0, into(first)));
  for (int p = 1; p < 4; ++p)
    for (int b = 0; b < 2; ++b) EXPECT_FALSE(m_torrent.begin_write(p, b, into(other)));
  EXPECT_FALSE(m_torrent.begin_write(0, 1, into(again)));
  m_ram.run_all();
  EXPECT_EQ(first, cancelled());
  EXPECT_EQ(again, lt::error_code());
}

// ---- no space ----

TEST_F(MemoryDiskIoSpace, DropsABlockWhenNothingCanGo) {
  auto const buffers = referenced_budget();
  lt::error_code error;
  EXPECT_TRUE(m_torrent.begin_write(3, 0, into(error), std::make_shared<waiting_peer>()));
  m_ram.run_all();
  EXPECT_EQ(error, cancelled());
  EXPECT_EQ(m_ram.stats().blocks_dropped, 1);
  expect_within_budget();
}

TEST_F(MemoryDiskIoSpace, DropsABlockThatNobodyWaitsFor) {
  auto const buffers = referenced_budget();
  EXPECT_TRUE(m_torrent.begin_write(3, 0, nullptr));
  m_ram.run_all();
  EXPECT_EQ(m_ram.stats().blocks_dropped, 1);
}

TEST_F(MemoryDiskIoSpace, WakesAPeerOnceWhenABufferComesBack) {
  auto buffers = referenced_budget();
  auto const peer = std::make_shared<waiting_peer>();
  m_torrent.remove();
  disk_torrent next(m_ram, v1_layout(32 * KiB, {{32 * KiB}}));
  EXPECT_TRUE(next.begin_write(0, 0, nullptr, peer));
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 0);

  buffers.pop_back();
  EXPECT_EQ(peer->woken, 0) << "it is told on the network thread, not on that of the buffer";
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 1);
  buffers.clear();
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 1);
  EXPECT_EQ(next.write(0, 0), lt::error_code());
}

TEST_F(MemoryDiskIoSpace, WakesAPeerWhenAReferencedPieceCanGoAgain) {
  auto buffers = referenced_budget();
  auto const peer = std::make_shared<waiting_peer>();
  EXPECT_TRUE(m_torrent.begin_write(3, 0, nullptr, peer));
  m_ram.run_all();
  ASSERT_EQ(peer->woken, 0);

  buffers.clear(); // frees no block, for the pieces are still there; but now they may go
  m_ram.run_all();

  EXPECT_EQ(peer->woken, 1);
  EXPECT_EQ(m_torrent.write(3, 0), lt::error_code());
}

TEST_F(MemoryDiskIoSpace, WakesAPeerWhenAHashedPieceCanGo) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  for (int p = 0; p < 3; ++p) m_torrent.begin_hash(p, lt::disk_interface::v1_hash, [](hash_answer const&) {});
  auto const peer = std::make_shared<waiting_peer>();
  EXPECT_TRUE(m_torrent.begin_write(3, 0, nullptr, peer)) << "no piece may go while it is hashed";
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 1);
  EXPECT_EQ(m_torrent.write(3, 0), lt::error_code());
}

TEST_F(MemoryDiskIoSpace, WakesEveryPeerThatWaits) {
  auto const buffers = referenced_budget();
  std::vector<std::shared_ptr<waiting_peer>> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(std::make_shared<waiting_peer>());
    EXPECT_TRUE(m_torrent.begin_write(3, 0, nullptr, peers.back()));
  }
  m_ram.disk().set_budget(7 * block_bytes);
  m_ram.run_all();
  for (auto const& peer : peers) EXPECT_EQ(peer->woken, 1);
}

TEST_F(MemoryDiskIoSpace, WakesAPeerWhenAnotherTorrentLeaves) {
  disk_torrent other(m_ram, v1_layout(32 * KiB, {{32 * KiB}}), 2);
  auto const peer = std::make_shared<waiting_peer>();
  auto buffers = referenced_budget();
  EXPECT_TRUE(other.begin_write(0, 0, nullptr, peer));
  m_torrent.remove();
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 0) << "what is referenced is still there";
  buffers.clear();
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 1);
}

TEST_F(MemoryDiskIoSpace, LetsWaitingPeersGoWhenTheSessionEnds) {
  auto const buffers = referenced_budget();
  auto const peer = std::make_shared<waiting_peer>();
  EXPECT_TRUE(m_torrent.begin_write(3, 0, nullptr, peer));
  m_ram.io().abort(false);
  m_ram.run_all();
  EXPECT_EQ(peer->woken, 1);
  EXPECT_EQ(peer.use_count(), 1);

  lt::error_code error;
  EXPECT_FALSE(m_torrent.begin_write(3, 0, into(error), peer)) << "nobody would wake it any more";
  m_ram.run_all();
  EXPECT_EQ(error, cancelled());
}

// ---- the budget changes ----

TEST_F(MemoryDiskIoSpace, EvictsAndGivesMemoryBackWhenTheBudgetGoesDown) {
  m_ram.disk().set_budget(4 << 20);
  disk_torrent film(m_ram, v1_layout(64 * KiB, {{4 << 20}}));
  fill_all(film);
  ASSERT_EQ(m_ram.stats().used_bytes, 4 << 20);

  m_ram.disk().set_budget(1 << 20);
  m_ram.run_all();

  EXPECT_EQ(m_ram.stats().budget_bytes, 1 << 20);
  EXPECT_EQ(m_ram.stats().used_bytes, 1 << 20);
  EXPECT_LE(m_ram.stats().mapped_bytes, 2 << 20);
  EXPECT_EQ(film.pieces_there().front(), 48) << "the least recently used went";
}

TEST_F(MemoryDiskIoSpace, TakesNothingMoreUntilItIsBelowALoweredBudget) {
  auto buffers = referenced_budget();
  m_ram.disk().set_budget(2 * block_bytes);
  m_ram.run_all();
  EXPECT_EQ(m_ram.stats().used_bytes, 6 * block_bytes) << "what is referenced stays";
  EXPECT_EQ(m_torrent.write(3, 0), cancelled());
  buffers.clear();
  EXPECT_EQ(m_torrent.write(3, 0), lt::error_code());
  EXPECT_LE(m_ram.stats().used_bytes, 2 * block_bytes);
}

TEST_F(MemoryDiskIoSpace, ComesDownToALoweredBudgetWhenReferencesGo) {
  auto buffers = referenced_budget();
  m_ram.disk().set_budget(2 * block_bytes);
  m_ram.run_all();
  buffers.clear();
  m_ram.run_all();
  EXPECT_LE(m_ram.stats().used_bytes, 2 * block_bytes);
}

TEST_F(MemoryDiskIoSpace, ComesDownToALoweredBudgetWhenHashJobsEnd) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  for (int p = 0; p < 3; ++p) m_torrent.begin_hash(p, lt::disk_interface::v1_hash, [](hash_answer const&) {});
  m_ram.disk().set_budget(2 * block_bytes);
  m_ram.run_all();
  EXPECT_LE(m_ram.stats().used_bytes, 2 * block_bytes);
}

TEST_F(MemoryDiskIoSpace, EvictsEverythingForABudgetOfNothing) {
  for (int p = 0; p < 3; ++p) fill(m_torrent, p);
  m_ram.disk().set_budget(0);
  m_ram.run_all();
  EXPECT_EQ(m_ram.stats().used_bytes, 0);
  EXPECT_EQ(m_ram.stats().mapped_bytes, 0);
  EXPECT_EQ(m_torrent.write(0, 0), cancelled());
}

TEST_F(MemoryDiskIoSpace, UsesARaisedBudgetAtOnce) {
  m_ram.disk().set_budget(16 * block_bytes);
  fill_all(m_torrent);
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 1, 2, 3, 4, 5, 6, 7}));
}

} // namespace memtorrent::test
