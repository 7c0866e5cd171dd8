#include "support/any_disk.hpp"
#include "support/disk_load.hpp"
#include "support/short_names.hpp"

#include <libtorrent/performance_counters.hpp>
#include <libtorrent/session_handle.hpp>

#include <optional>
#include <string>

// A session that changes its mind, counts, and ends.

namespace memtorrent::test {

namespace {

class DiskEnd : public any_disk_test {
 protected:
  disk_torrent m_torrent{*m_disk, a_film()};
  int m_answers = 0;

  auto count() {
    return [this](auto const&...) { ++m_answers; };
  }

  /// All that changes files. What is asked after these waits for them.
  int ask_for_changes() {
    auto const torrent = m_torrent.index();
    m_disk->io().async_rename_file(torrent, lt::file_index_t(0), "another name", count());
    m_disk->io().async_move_storage(torrent, m_disk->new_save_path().string(), {}, count());
    m_disk->io().async_set_file_priority(torrent, {lt::low_priority}, count());
    m_disk->io().async_check_files(torrent, nullptr, {}, count());
    m_disk->io().async_clear_piece(torrent, lt::piece_index_t(0), count());
    m_disk->io().async_release_files(torrent, count());
    m_disk->io().async_delete_files(torrent, lt::session_handle::delete_files, count());
    m_disk->io().async_stop_torrent(torrent, count());
    return 8;
  }

  std::int64_t operator[](int counter) {
    m_disk->io().update_stats_counters(m_disk->counters());
    return m_disk->counters()[counter];
  }
};

} // namespace

// ---- abort ----

TEST_P(DiskEnd, AnswersAllThatIsOutstandingAndNothingInsideAbort) {
  for (bool const wait : {false, true}) {
    auto const disk = make_disk(GetParam());
    disk_torrent first(*disk, a_film(), 1), second(*disk, v1_layout(32 * KiB, {{300'000}}), 2);
    first.write_all();
    second.write_all();
    disk_load of_first(first), of_second(second);
    of_first.begin();
    of_second.begin();
    int const outstanding = disk->answers().outstanding();

    disk->io().abort(wait);

    EXPECT_EQ(disk->answers().outstanding(), outstanding);
    disk->run_all();
    EXPECT_EQ(of_first.wrong_answers(), "none wrong");
    EXPECT_EQ(of_second.wrong_answers(), "none wrong");
  }
}

TEST_P(DiskEnd, AnswersChangesOfFilesThatAreOutstanding) {
  m_torrent.write_all();
  disk_load load(m_torrent);
  load.begin();
  int const asked = ask_for_changes();
  m_disk->io().abort(false);
  EXPECT_EQ(m_answers, 0);
  m_disk->run_all();
  EXPECT_EQ(m_answers, asked);
  EXPECT_EQ(load.wrong_answers(), "none wrong");
}

TEST_P(DiskEnd, AnswersWhenItsTorrentsLeaveAfterAbort) {
  m_torrent.write_all();
  disk_load load(m_torrent);
  load.begin();
  m_disk->io().abort(false);
  m_torrent.remove();
  m_disk->run_all();
  EXPECT_EQ(load.wrong_answers(), "none wrong");
}

TEST_P(DiskEnd, CanBeAbortedAgain) {
  m_torrent.write_all();
  disk_load load(m_torrent);
  load.begin();
  m_disk->io().abort(false);
  m_disk->io().abort(true);
  m_disk->run_all();
  m_disk->io().abort(true);
  EXPECT_EQ(load.wrong_answers(), "none wrong");
}

TEST_P(DiskEnd, CanBeAbortedBeforeAnythingWasAsked) {
  m_disk->io().abort(true);
  m_disk->run_all();
  EXPECT_EQ(m_disk->answers().outstanding(), 0);
}

// ---- settings ----

TEST_P(DiskEnd, AnswersAllWhileTheNumberOfItsThreadsChanges) {
  for (int round = 0; round < 10; ++round) {
    disk_torrent other(*m_disk, a_film(), 2);
    other.write_all();
    m_torrent.write_all();
    disk_load load(m_torrent), of_other(other);
    load.begin();
    m_disk->settings().set_int(lt::settings_pack::hashing_threads, round % 5);
    m_disk->settings().set_int(lt::settings_pack::aio_threads, 1 + (round + 2) % 5);
    m_disk->io().settings_updated();
    m_disk->run_one_ready();
    of_other.begin();
    m_disk->settings().set_int(lt::settings_pack::hashing_threads, (round + 3) % 5);
    m_disk->settings().set_int(lt::settings_pack::max_queued_disk_bytes, round % 3 * 256 * KiB);
    m_disk->io().settings_updated();
    m_disk->run_all();
    EXPECT_EQ(load.answers(), "all right");
    EXPECT_EQ(of_other.answers(), "all right");
  }
}

// ---- counters ----

TEST_P(DiskEnd, CountsBlocksReadAndWritten) {
  m_torrent.write_piece(0);
  m_torrent.write_piece(1);
  EXPECT_EQ((*this)[lt::counters::num_blocks_written], 8);
  for (int b = 0; b < 3; ++b) (void)m_torrent.read(1, b * block_bytes, block_bytes);
  EXPECT_EQ((*this)[lt::counters::num_blocks_read], 3);
  EXPECT_GE((*this)[lt::counters::num_write_ops], 1);
  EXPECT_GE((*this)[lt::counters::num_read_ops], 1);
}

TEST_P(DiskEnd, CountsBlocksHashedOrReadBackForIt) {
  disk_torrent v1_only(*m_disk, v1_layout(64 * KiB, {{150 * KiB}}));
  v1_only.write_all();
  for (int p = 0; p < v1_only.num_pieces(); ++p) (void)v1_only.hash(p);
  EXPECT_EQ((*this)[lt::counters::num_blocks_hashed], has(habit::counts_hashed_blocks) ? 10 : 0);
  EXPECT_EQ((*this)[lt::counters::num_read_back], has(habit::counts_hashed_blocks) ? 0 : 10);
}

TEST_P(DiskEnd, CountsNoBlockThatFailed) {
  EXPECT_TRUE(m_torrent.read(0, 0, block_bytes).error);
  EXPECT_EQ((*this)[lt::counters::num_blocks_read], 0);
}

TEST_P(DiskEnd, CountsTheBlocksThatItHolds) {
  m_torrent.write_piece(0);
  m_torrent.write_piece(1);
  EXPECT_EQ((*this)[lt::counters::disk_blocks_in_use], has(habit::counts_kept_blocks_as_in_use) ? 8 : 0);
}

TEST_P(DiskEnd, CountsDownToNothing) {
  using counter = lt::counters;
  m_torrent.write_all();
  disk_load load(m_torrent);
  load.begin();
  ask_for_changes();
  m_disk->run_all();
  m_torrent.remove();
  m_disk->run_all();
  m_disk->io().abort(true); // a thread may still have a block in its hands
  m_disk->run_all();

  for (int const gauge :
       {counter::disk_blocks_in_use, counter::queued_disk_jobs, counter::num_running_disk_jobs, counter::num_read_jobs,
        counter::num_write_jobs, counter::num_jobs, counter::num_writing_threads, counter::blocked_disk_jobs,
        counter::num_fenced_move_storage, counter::num_fenced_release_files, counter::num_fenced_delete_files,
        counter::num_fenced_check_fastresume, counter::num_fenced_rename_file, counter::num_fenced_stop_torrent,
        counter::num_fenced_file_priority, counter::num_fenced_clear_piece})
    EXPECT_EQ((*this)[gauge], 0) << "gauge " << gauge;
}

FOR_EVERY_DISK(DiskEnd);

} // namespace memtorrent::test
