#include "support/disk_harness.hpp"
#include "support/event_count.hpp"
#include "support/idle_workers.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>
#include <libtorrent/disk_observer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// async_write returns true: the peer stops until its observer is told, so it must be told, and once. Why a disk says
// so (no space, too much that is not hashed yet) is its own affair: these tests write until it does.

namespace memtorrent::test {

namespace {

constexpr int blocks_per_piece = 4;

struct peer final : lt::disk_observer {
  void on_disk() override {
    ++told;
    EXPECT_EQ(std::this_thread::get_id(), network_thread);
  }
  std::thread::id const network_thread = std::this_thread::get_id();
  int asked_to_wait = 0;
  int told = 0;
};

lt::file_storage sixteen_pieces() { return v1_layout(64 * KiB, {{16 * 64 * KiB}}); }

/// Pieces of four blocks, space for four of them, and a high watermark of two.
class BackPressure : public testing::Test {
 protected:
  BackPressure() {
    m_ram.settings().set_int(lt::settings_pack::max_queued_disk_bytes, 8 * block_size_bytes);
    m_ram.io().settings_updated();
  }

  disk_harness m_ram{16 * block_bytes};
  std::optional<disk_torrent> m_torrent{std::in_place, m_ram, sixteen_pieces()};
  std::vector<std::shared_ptr<peer>> m_peers;
  std::vector<lt::disk_buffer_holder> m_buffers;
  int m_blocks_written = 0;

  /// The next block of the torrent, by `from` or a new peer, which is then uploaded to another, so that it must stay.
  bool write_next_block(std::shared_ptr<peer> from = nullptr) {
    if (!from) from = m_peers.emplace_back(std::make_shared<peer>());
    int const piece = m_blocks_written / blocks_per_piece, b = m_blocks_written % blocks_per_piece;
    bool const must_wait = m_torrent->begin_write(
        piece, b, [](lt::storage_error const&) {}, from);
    from->asked_to_wait += must_wait;
    m_torrent->begin_read(piece, b * block_size_bytes, block_size_bytes, [this](read_answer answer) {
      if (answer.buffer) m_buffers.push_back(std::move(answer.buffer));
    });
    ++m_blocks_written;
    return must_wait;
  }

  /// What is missing of the piece that is being written.
  void write_whole_piece() {
    do write_next_block();
    while (m_blocks_written % blocks_per_piece > 0);
  }

  void write_until_a_peer_must_wait() {
    while (m_blocks_written < 16 * blocks_per_piece)
      if (write_next_block()) return;
    FAIL() << "the disk takes everything";
  }

  /// Every block of the budget is held by an upload, and by nobody else.
  void fill_the_budget() {
    while (m_ram.disk().stats().used_bytes < m_ram.disk().stats().budget_bytes) {
      write_next_block();
      wait_for_workers(m_ram.disk());
      m_ram.run_all();
    }
  }

  /// The uploads are done, and what is complete is hashed.
  void relieve() {
    m_ram.run_all();
    m_buffers.clear();
    for (int p = 0; p < m_blocks_written / blocks_per_piece; ++p) m_torrent->begin_hash(p, v1_hash, [](auto const&) {});
    m_ram.run_all();
  }

  /// With another torrent instead of this one.
  void start_again() {
    m_torrent.emplace(m_ram, sixteen_pieces());
    m_blocks_written = 0;
    m_ram.run_all();
  }

  /// However much is not hashed yet.
  void mind_space_only() {
    m_ram.settings().set_int(lt::settings_pack::max_queued_disk_bytes, 1 << 30);
    m_ram.io().settings_updated();
  }

  void expect_nobody_told() {
    for (auto const& p : m_peers) EXPECT_EQ(p->told, 0);
  }
  void expect_each_told_as_often_as_asked_to_wait() {
    for (auto const& p : m_peers) EXPECT_EQ(p->told, p->asked_to_wait);
  }
};

} // namespace

TEST_F(BackPressure, TellsWhoMustWaitOnceAndNobodyElse) {
  write_until_a_peer_must_wait();
  ASSERT_GT(m_peers.size(), 1) << "the first block is taken";
  expect_nobody_told();
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsNobodyWhileThereIsNoSpace) {
  mind_space_only();
  fill_the_budget();
  ASSERT_TRUE(write_next_block());
  m_ram.run_all();
  EXPECT_EQ(m_peers.back()->told, 0);
}

TEST_F(BackPressure, TellsEveryPeerThatMustWait) {
  write_until_a_peer_must_wait();
  for (int more = 0; more < 10; ++more) write_next_block();
  expect_nobody_told();
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsAPeerAsOftenAsItMustWait) {
  mind_space_only();
  fill_the_budget();
  write_next_block();
  for (int more = 0; more < 5; ++more) write_next_block(m_peers.back());
  ASSERT_GT(m_peers.back()->asked_to_wait, 1);
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsPeersAgainWhenTheyMustWaitAgain) {
  mind_space_only();
  for (int time = 0; time < 3; ++time) {
    fill_the_budget();
    ASSERT_TRUE(write_next_block());
    m_ram.run_all();
    EXPECT_EQ(m_peers.back()->told, 0);
    relieve();
    expect_each_told_as_often_as_asked_to_wait();
    start_again();
  }
}

// How much is behind is set by hand, because it must not matter how fast a worker is. That it has hashed something is
// the worker's own to say. The high mark is eight blocks, the low one four.
TEST_F(BackPressure, HoldsAPeerBackUntilAWorkerHasHashedEnough) {
  block_arena& arena = *m_ram.disk().state()->arena();
  auto const from = std::make_shared<peer>();
  arena.add_unhashed(7 * block_size_bytes);
  EXPECT_FALSE(write_next_block(from));
  arena.add_unhashed(block_size_bytes);
  EXPECT_TRUE(write_next_block(from));

  arena.add_unhashed(-3 * block_size_bytes);
  write_whole_piece();
  m_torrent->hash(0);
  EXPECT_EQ(from->told, 0) << "five are still behind";

  arena.add_unhashed(-5 * block_size_bytes);
  write_whole_piece();
  auto const limit = std::chrono::steady_clock::now() + patience;
  while (from->told == 0 && std::chrono::steady_clock::now() < limit) m_ram.run_all();
  EXPECT_EQ(from->told, 1);
}

TEST_F(BackPressure, DoesWithoutAPeer) {
  mind_space_only();
  fill_the_budget();
  EXPECT_TRUE(m_torrent->begin_write(
      15, 0, [](lt::storage_error const&) {}, nullptr));
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, KeepsNoPeerThatWasTold) {
  write_until_a_peer_must_wait();
  relieve();
  for (auto const& p : m_peers) EXPECT_EQ(p.use_count(), 1);
}

TEST_F(BackPressure, BearsAPeerThatIsGoneWhenItWouldBeTold) {
  write_until_a_peer_must_wait();
  write_next_block();
  m_peers.pop_back();
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

// ---- the budget ----

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenTheBudgetIsRaised) {
  write_until_a_peer_must_wait();
  m_ram.disk().set_budget(64 * block_bytes);
  expect_nobody_told();
  for (int p = 0; p < m_blocks_written / blocks_per_piece; ++p) m_torrent->begin_hash(p, v1_hash, [](auto const&) {});
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenTheBudgetWasLoweredMeanwhile) {
  write_until_a_peer_must_wait();
  m_ram.disk().set_budget(8 * block_bytes);
  m_ram.run_all();
  relieve();
  expect_each_told_as_often_as_asked_to_wait();
}

// ---- torrents that leave ----

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenItsTorrentLeaves) {
  write_until_a_peer_must_wait();
  m_torrent->remove();
  expect_nobody_told();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
  m_buffers.clear();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenTheTorrentInItsWayLeaves) {
  write_until_a_peer_must_wait();
  disk_torrent other(m_ram, v1_layout(64 * KiB, {{64 * KiB}}), 2);
  auto const waiting = m_peers.emplace_back(std::make_shared<peer>());
  waiting->asked_to_wait += other.begin_write(0, 0, nullptr, waiting);
  m_torrent->remove();
  m_ram.run_all();
  m_buffers.clear();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenTheTorrentLeavesWhileItIsHashed) {
  write_until_a_peer_must_wait();
  for (int p = 0; p < m_blocks_written / blocks_per_piece; ++p) m_torrent->begin_hash(p, v1_hash, [](auto const&) {});
  m_torrent->remove();
  expect_nobody_told();
  m_ram.run_all();
  m_buffers.clear();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
}

// ---- the end of the session ----

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenTheSessionEnds) {
  write_until_a_peer_must_wait();
  m_ram.io().abort(false);
  expect_nobody_told();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
  m_ram.io().abort(true);
  m_buffers.clear();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, TellsWhoMustWaitOnceWhenTheSessionEndsWhileItIsHashed) {
  write_until_a_peer_must_wait();
  for (int p = 0; p < m_blocks_written / blocks_per_piece; ++p) m_torrent->begin_hash(p, v1_hash, [](auto const&) {});
  m_ram.io().abort(true);
  expect_nobody_told();
  m_ram.run_all();
  m_torrent->remove();
  m_buffers.clear();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
}

TEST_F(BackPressure, LeavesNobodyWaitingWhoWritesAfterTheSessionHasEnded) {
  write_until_a_peer_must_wait();
  m_ram.io().abort(false);
  for (int late = 0; late < 3; ++late) write_next_block();
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
  m_buffers.clear();
}

// ---- all of it ----

TEST_F(BackPressure, TellsEachAsOftenAsItMustWaitWhateverHappens) {
  constexpr unsigned seed = 17;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 5; ++i) m_peers.push_back(std::make_shared<peer>());
  std::unique_ptr<disk_torrent> torrents[3];
  auto const below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int step = 0; step < 10'000; ++step) {
    auto& torrent = torrents[below(3)];
    int const piece = below(16), what = below(300) == 0 ? 0 : 1 + below(99);
    if (!torrent || what == 0) {
      torrent = nullptr;
      torrent = std::make_unique<disk_torrent>(m_ram, sixteen_pieces());
    } else if (what < 60) {
      auto const& p = m_peers[static_cast<std::size_t>(below(5))];
      p->asked_to_wait += torrent->begin_write(piece, below(blocks_per_piece), nullptr, p);
    } else if (what < 75) {
      torrent->begin_read(piece, below(blocks_per_piece) * block_size_bytes, 100, [&](read_answer answer) {
        if (answer.buffer) m_buffers.push_back(std::move(answer.buffer));
      });
    } else if (what < 85) {
      torrent->begin_hash(piece, v1_hash, [](auto const&) {});
    } else if (what < 96) {
      m_ram.run_one_ready();
    } else if (what < 98) {
      m_buffers.clear();
    } else {
      m_ram.disk().set_budget((8 + below(16)) * block_bytes);
    }
  }
  ASSERT_GT(m_peers[0]->asked_to_wait, 100);
  for (auto const& p : m_peers) EXPECT_LE(p->told, p->asked_to_wait);
  m_ram.io().abort(true);
  m_ram.run_all();
  m_buffers.clear();
  for (auto& torrent : torrents) torrent = nullptr;
  m_ram.run_all();
  expect_each_told_as_often_as_asked_to_wait();
}

} // namespace memtorrent::test
