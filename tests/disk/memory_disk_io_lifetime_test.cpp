#include "support/disk_harness.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Torrents, sessions and buffers that go while something of theirs is outstanding.

namespace memtorrent::test {

namespace {

lt::file_storage four_pieces() { return v1_layout(64 * KiB, {{4 * 64 * KiB}}); }

} // namespace

// ---- a slot used again ----

TEST(MemoryDiskIoSlots, AreUsedAgain) {
  disk_harness ram(MiB);
  disk_torrent first(ram, four_pieces()), second(ram, four_pieces());
  EXPECT_NE(first.index(), second.index());
  auto const freed = first.index();
  first.remove();
  EXPECT_EQ(disk_torrent(ram, four_pieces()).index(), freed);
}

TEST(MemoryDiskIoSlots, KeepTheBuffersOfTheTorrentBefore) {
  disk_harness ram(MiB);
  disk_torrent first(ram, four_pieces(), 1);
  first.write_all();
  std::vector<read_answer> buffers;
  for (int p = 0; p < 4; ++p) buffers.push_back(first.read(p, 0, 16 * KiB));
  auto const slot = first.index();
  first.remove();

  disk_torrent second(ram, four_pieces(), 2);
  ASSERT_EQ(second.index(), slot);
  EXPECT_EQ(second.pieces_there(), (std::vector<int>{})) << "nothing of the first is there";
  second.write_all();

  for (auto const& buffer : buffers) EXPECT_EQ(buffer.says(), "right");
  EXPECT_EQ(ram.stats().used_bytes, (4 + 16) * block_bytes);
  buffers.clear();
  EXPECT_EQ(ram.stats().used_bytes, 16 * block_bytes);
}

TEST(MemoryDiskIoSlots, DoNotMixTheAnswersOfTwoTorrents) {
  disk_harness ram(MiB);
  std::optional<disk_torrent> first(std::in_place, ram, four_pieces(), 1);
  first->write_piece(0);
  lt::error_code first_write;
  std::string first_read;
  hash_answer first_hash, second_hash{cancelled(), {}, {}};
  EXPECT_FALSE(first->begin_write(1, 0, [&](lt::storage_error const& error) { first_write = error.ec; }));
  first->begin_read(0, 0, 16 * KiB, [&](read_answer const& answer) { first_read = answer.says(); });
  first->begin_hash(0, v1_hash, [&](hash_answer answer) { first_hash = std::move(answer); });
  auto const slot = first->index();
  auto const right_first_hash = first->bytes().v1_hash(0);
  first.reset();

  disk_torrent second(ram, four_pieces(), 2);
  ASSERT_EQ(second.index(), slot);
  lt::error_code second_write = cancelled();
  for (int b = 0; b < 4; ++b) (void)second.begin_write(0, b, nullptr);
  EXPECT_FALSE(second.begin_write(1, 0, [&](lt::storage_error const& error) { second_write = error.ec; }));
  second.begin_hash(0, v1_hash, [&](hash_answer answer) { second_hash = std::move(answer); });
  ram.run_all();

  EXPECT_EQ(first_write, cancelled()) << "its piece went with its torrent";
  EXPECT_EQ(first_read, "right");
  EXPECT_TRUE(first_hash.error == cancelled() || first_hash.v1 == right_first_hash) << "as far as a worker had come";
  EXPECT_EQ(second_write, lt::error_code());
  EXPECT_EQ(second_hash.v1, second.bytes().v1_hash(0));
  EXPECT_EQ(second.read(0, 0, 16 * KiB).says(), "right");
}

// The first torrent's hash job ends while the second's is outstanding: it must not count as the end of that.
TEST(MemoryDiskIoSlots, DoNotTakeTheHashOfTheTorrentBeforeForTheirOwn) {
  disk_harness ram(MiB);
  std::optional<disk_torrent> first(std::in_place, ram, four_pieces(), 1);
  first->write_piece(0);
  std::vector<std::string> answers;
  first->begin_hash(0, v1_hash, [&](hash_answer const&) { answers.push_back("first's hash"); });
  first.reset();

  disk_torrent second(ram, four_pieces(), 2);
  for (int b = 0; b < 4; ++b) EXPECT_FALSE(second.begin_write(0, b, nullptr));
  second.begin_hash(0, v1_hash, [&](hash_answer const&) { answers.push_back("hash"); });
  ram.io().async_clear_piece(second.index(), lt::piece_index_t(0), [&](auto) { answers.push_back("clear"); });
  ram.run_all();
  EXPECT_EQ(answers, (std::vector<std::string>{"first's hash", "hash", "clear"}));
}

TEST(MemoryDiskIoSlots, AnswerAClearOfATorrentThatLeft) {
  disk_harness ram(MiB);
  disk_torrent torrent(ram, four_pieces());
  torrent.write_piece(0);
  int cleared = 0;
  torrent.begin_hash(0, v1_hash, [](hash_answer const&) {});
  ram.io().async_clear_piece(torrent.index(), lt::piece_index_t(0), [&](auto) { ++cleared; });
  torrent.remove();
  ram.run_all();
  EXPECT_EQ(cleared, 1);
}

// ---- several of everything ----

TEST(MemoryDiskIoSessions, HaveABudgetEach) {
  disk_harness one(8 * block_bytes), other(8 * block_bytes);
  disk_torrent of_one(one, four_pieces(), 1), of_other(other, four_pieces(), 2);
  of_one.write_piece(0);
  of_one.write_piece(1);
  EXPECT_EQ(one.stats().used_bytes, 8 * block_bytes);
  EXPECT_EQ(other.stats().used_bytes, 0);
  of_other.write_piece(0);
  EXPECT_EQ(of_one.pieces_there(), (std::vector{0, 1}));
  EXPECT_EQ(of_one.read(0, 0, 16 * KiB).says(), "right");
  EXPECT_EQ(of_other.read(0, 0, 16 * KiB).says(), "right");
}

TEST(MemoryDiskIoSessions, RunSideBySideOnThreadsOfTheirOwn) {
  auto const play = [](std::uint64_t seed) {
    disk_harness ram(8 * block_bytes, 2);
    disk_torrent torrent(ram, four_pieces(), seed);
    for (int round = 0; round < 100; ++round) {
      int const p = round % 4;
      torrent.write_piece(p);
      EXPECT_EQ(torrent.hash(p).v1, torrent.bytes().v1_hash(p));
    }
  };
  std::thread one(play, 1), other(play, 2);
  one.join();
  other.join();
}

TEST(MemoryDiskConstructor, ServesOneSession) {
  disk_harness ram(MiB);
  disk_torrent torrent(ram, four_pieces());
  torrent.write_piece(0);
  lt::io_context network_thread;
  lt::counters counters;
  memory_disk_constructor const copy = ram.constructor();
  EXPECT_THROW((void)copy(network_thread, ram.settings(), counters), std::logic_error);
  EXPECT_EQ(torrent.hash(0).v1, torrent.bytes().v1_hash(0)) << "the first one works on";
  EXPECT_TRUE(ram.disk().state()->post([](auto&) {}));
  ram.run_all();
}

TEST(MemoryDiskConstructor, ServesNoSecondSessionAfterTheFirst) {
  disk_harness ram(MiB);
  ram.end_session();
  lt::io_context network_thread;
  lt::counters counters;
  EXPECT_THROW((void)ram.constructor()(network_thread, ram.settings(), counters), std::logic_error);
}

// ---- the end of a session ----

TEST(MemoryDiskIoAbort, AnswersEveryHashJobOnce) {
  for (bool const wait : {false, true}) {
    disk_harness ram(16 * MiB, 2);
    disk_torrent torrent(ram, v1_layout(1024 * KiB, {{16 * MiB}}));
    torrent.write_all();
    std::vector<int> answers(16, 0);
    int wrong = 0;
    for (int p = 0; p < 16; ++p)
      torrent.begin_hash(p, v1_hash, [&, p](hash_answer const& answer) {
        ++answers[static_cast<std::size_t>(p)];
        if (answer.error ? answer.error != cancelled() : answer.v1 != torrent.bytes().v1_hash(p)) ++wrong;
      });

    ram.io().abort(wait);

    EXPECT_EQ(answers, std::vector<int>(16, 0)) << "not inside abort";
    ram.run_all();
    EXPECT_EQ(answers, std::vector<int>(16, 1));
    EXPECT_EQ(wrong, 0);
  }
}

TEST(MemoryDiskIoAbort, CanBeCalledAgain) {
  disk_harness ram(MiB);
  ram.io().abort(false);
  ram.io().abort(true);
  ram.io().abort(true);
  ram.run_all();
}

TEST(MemoryDiskIoAbort, StillReadsForWhoeverIsLate) {
  disk_harness ram(MiB);
  disk_torrent torrent(ram, four_pieces());
  torrent.write_piece(0);
  ram.io().abort(false);
  EXPECT_EQ(torrent.read(0, 0, 16 * KiB).says(), "right");
}

TEST(MemoryDiskIoEnd, LeavesBuffersToTheirHolders) {
  disk_harness ram(MiB);
  std::vector<read_answer> buffers;
  {
    disk_torrent torrent(ram, four_pieces());
    torrent.write_piece(0);
    buffers.push_back(torrent.read(0, 0, 16 * KiB));
    buffers.push_back(torrent.read(0, 10 * KiB, 16 * KiB)); // put together in a block of its own
  }
  ram.end_session();

  EXPECT_EQ(ram.stats().used_bytes, 2 * block_bytes);
  for (auto const& buffer : buffers) EXPECT_EQ(buffer.says(), "right");
  buffers.clear();
  EXPECT_EQ(ram.stats().used_bytes, 0);
  EXPECT_EQ(ram.stats().mapped_bytes, 0);
}

TEST(MemoryDiskIoEnd, LeavesTheHandleUsable) {
  disk_harness ram(MiB);
  memory_disk handle = ram.disk();
  ram.end_session();
  handle.set_budget(2 * MiB);
  EXPECT_EQ(handle.stats().used_bytes, 0);
  EXPECT_EQ(handle.state()->space(), nullptr);
  bool ran = false;
  EXPECT_FALSE(handle.state()->post([&](auto&) { ran = true; }));
  EXPECT_FALSE(ran);
}

TEST(MemoryDiskIoEnd, DropsWorkThatWasPostedAndNeverRun) {
  disk_harness ram(MiB);
  auto owned = std::make_shared<int>();
  EXPECT_TRUE(ram.disk().state()->post([owned](auto&) { FAIL() << "the disk I/O is gone"; }));
  ram.end_session_abruptly();
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(MemoryDiskIoEnd, RunsWorkThatWasPostedBefore) {
  disk_harness ram(MiB);
  int runs = 0;
  std::thread other([&] { EXPECT_TRUE(ram.disk().state()->post([&](auto&) { ++runs; })); });
  other.join();
  ram.end_session();
  EXPECT_EQ(runs, 1);
}

TEST(MemoryDisk, CanBeSetBeforeItsSessionBegins) {
  memory_disk_constructor const constructor({.budget_bytes = MiB});
  constructor.disk().set_budget(3 * MiB);
  EXPECT_EQ(constructor.disk().stats().budget_bytes, 3 * MiB);
  EXPECT_EQ(memory_disk_constructor().disk().stats().budget_bytes, 64 * MiB);
}

TEST(MemoryDisk, GivesMemoryBackWhenTheLastTorrentLeaves) {
  disk_harness ram(4 * MiB);
  disk_torrent torrent(ram, v1_layout(64 * KiB, {{4 * MiB}}));
  torrent.write_all();
  EXPECT_EQ(ram.stats().mapped_bytes, 4 * MiB);
  auto buffer = torrent.read(0, 0, 16 * KiB).buffer;
  torrent.remove();
  EXPECT_EQ(ram.stats().mapped_bytes, 1 * MiB) << "the slab of the block that a peer is being sent";
  buffer.reset();
  EXPECT_EQ(ram.stats().mapped_bytes, 0);
}

TEST(MemoryDisk, CanBeReadOnOtherThreadsWhileTheNetworkThreadWorks) {
  disk_harness ram(8 * block_bytes);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::thread other([&] {
    for (int round = 0; !done; ++round) {
      auto const s = ram.stats();
      if (s.used_bytes > 8 * block_bytes || s.used_bytes < 0 || s.peak_bytes > 8 * block_bytes) ++wrong;
      if (round % 50 == 0) ram.disk().set_budget(round % 100 == 0 ? 6 * block_bytes : 8 * block_bytes);
    }
  });
  {
    disk_torrent torrent(ram, four_pieces());
    for (int round = 0; round < 500; ++round) {
      (void)torrent.begin_write(round % 4, round % 3, nullptr);
      (void)ram.run_one_ready();
    }
  }
  done = true;
  other.join();
  EXPECT_EQ(wrong, 0);
}

} // namespace memtorrent::test
