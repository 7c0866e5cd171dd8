#include "support/disk_harness.hpp"

#include "memtorrent/error.hpp"
#include "support/event_count.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>
#include <libtorrent/add_torrent_params.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// What memory does in its own way. What all disks do alike: conformance_*_test.cpp. Space, lifetimes: see the files
// beside this one.

namespace memtorrent::test {

namespace {

class MemoryDiskIo : public testing::Test {
 protected:
  disk_harness m_ram{4 * MiB};
  disk_torrent m_torrent{m_ram, v1_layout(64 * KiB, {{200 * KiB}})};

  /// What libtorrent is told when it adds the torrent.
  std::pair<lt::status_t, lt::error_code> check_files(disk_torrent const& torrent,
                                                      lt::add_torrent_params const* resume_data = nullptr) {
    std::optional<std::pair<lt::status_t, lt::error_code>> answer;
    m_ram.io().async_check_files(torrent.index(), resume_data, {},
                                 [&](lt::status_t status, lt::storage_error const& error) {
                                   answer = {status, error.ec};
                                 });
    m_ram.run_until([&] { return answer.has_value(); });
    return *answer;
  }
  lt::status_t check_files(lt::add_torrent_params const* resume_data) {
    return check_files(m_torrent, resume_data).first;
  }
};

} // namespace

// ---- what is not there ----

TEST_F(MemoryDiskIo, CancelsAReadOfWhatIsNotThere) {
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  EXPECT_EQ(m_torrent.read(0, 16 * KiB, 100).error, cancelled()) << "another block of the piece";
  EXPECT_EQ(m_torrent.read(1, 0, 100).error, cancelled()) << "another piece";
  EXPECT_EQ(m_torrent.read(0, 10 * KiB, 10 * KiB).error, cancelled()) << "half of it is there";
  EXPECT_EQ(m_torrent.read(0, 10 * KiB, 6 * KiB).says(), "right");
}

TEST_F(MemoryDiskIo, CancelsTheHashOfAPieceThatIsNotComplete) {
  for (int const b : {0, 1, 3}) ASSERT_EQ(m_torrent.write(0, b), lt::error_code());
  EXPECT_EQ(m_torrent.hash(0).error, cancelled());
  EXPECT_EQ(m_torrent.hash(1).error, cancelled());
  ASSERT_EQ(m_torrent.write(0, 2), lt::error_code());
  EXPECT_EQ(m_torrent.hash(0).v1, m_torrent.bytes().v1_hash(0));
}

TEST_F(MemoryDiskIo, FindsNoMatchAndNoErrorWhenACheckMeetsWhatIsNotThere) {
  ASSERT_EQ(m_torrent.write(0, 0), lt::error_code());
  for (int const p : {0, 1}) {
    auto const answer = m_torrent.hash(p, checking);
    EXPECT_EQ(answer.error, lt::error_code());
    EXPECT_EQ(answer.v1, lt::sha1_hash());
  }
}

TEST_F(MemoryDiskIo, FindsNoV2MatchWhenACheckMeetsWhatIsNotThere) {
  disk_torrent v2(m_ram, v2_layout(64 * KiB, {100'000}));
  std::vector<lt::sha256_hash> hashes(4, lt::sha256_hash::max());
  bool answered = false;
  m_ram.io().async_hash(v2.index(), lt::piece_index_t(0), hashes, checking, [&](auto, auto const&, auto const& error) {
    EXPECT_EQ(error.ec, lt::error_code());
    answered = true;
  });
  m_ram.run_until([&] { return answered; });
  EXPECT_EQ(hashes, std::vector<lt::sha256_hash>(4));
}

TEST_F(MemoryDiskIo, ChecksAPieceThatIsThere) {
  m_torrent.write_piece(3);
  EXPECT_EQ(m_torrent.hash(3, checking).v1, m_torrent.bytes().v1_hash(3));
}

TEST_F(MemoryDiskIo, CancelsTheV2HashOfABlockThatIsNotThere) {
  disk_torrent v2(m_ram, v2_layout(64 * KiB, {100'000}));
  ASSERT_EQ(v2.write(0, 0), lt::error_code());
  EXPECT_EQ(v2.hash_block(0, 1).error, cancelled());
  EXPECT_EQ(v2.hash_block(0, 0).v2[0], v2.bytes().v2_hashes(0)[0]);
}

// ---- files checked when a torrent is added ----

TEST_F(MemoryDiskIo, NeedsNoCheckWhenNothingIsClaimed) {
  EXPECT_EQ(check_files(nullptr), lt::status_t::no_error);
  lt::add_torrent_params nothing;
  nothing.have_pieces.resize(4, false);
  EXPECT_EQ(check_files(&nothing), lt::status_t::no_error);
}

TEST_F(MemoryDiskIo, NeedsACheckWhenResumeDataClaimsAPiece) {
  lt::add_torrent_params resume;
  resume.have_pieces.resize(4, false);
  resume.have_pieces.set_bit(lt::piece_index_t(2));
  EXPECT_EQ(check_files(&resume), lt::status_t::need_full_check);
}

TEST_F(MemoryDiskIo, NeedsACheckWhenResumeDataClaimsBlocks) {
  lt::add_torrent_params resume;
  resume.unfinished_pieces[lt::piece_index_t(1)] = lt::bitfield(4, true);
  EXPECT_EQ(check_files(&resume), lt::status_t::need_full_check);
}

TEST_F(MemoryDiskIo, NeedsACheckWhenResumeDataClaimsASeed) {
  lt::add_torrent_params resume;
  resume.flags |= lt::torrent_flags::seed_mode;
  EXPECT_EQ(check_files(&resume), lt::status_t::need_full_check);
}

TEST_F(MemoryDiskIo, NeedsACheckWhenRamHoldsAPiece) {
  m_torrent.write_piece(1);
  EXPECT_EQ(check_files(nullptr), lt::status_t::need_full_check);
  EXPECT_EQ(m_torrent.hash(1, checking).v1, m_torrent.bytes().v1_hash(1));
}

TEST_F(MemoryDiskIo, DropsPartOfAPieceWhenACheckBegins) {
  ASSERT_EQ(m_torrent.write(1, 0), lt::error_code());
  EXPECT_EQ(check_files(nullptr), lt::status_t::no_error);
  EXPECT_EQ(m_ram.stats().used_bytes, 0);
}

TEST_F(MemoryDiskIo, RefusesATorrentOfWhichTwoPiecesDoNotFit) {
  m_ram.disk().set_budget(2 * 64 * KiB - 1);
  EXPECT_EQ(check_files(m_torrent).first, lt::status_t::fatal_disk_error);
  EXPECT_EQ(check_files(m_torrent).second, make_error_code(errc::budget_too_small));
  m_ram.disk().set_budget(2 * 64 * KiB);
  EXPECT_EQ(check_files(m_torrent).first, lt::status_t::no_error);
  EXPECT_EQ(check_files(m_torrent).second, lt::error_code());
}

TEST_F(MemoryDiskIo, TakesATorrentThatFitsWholeIntoLessThanTwoPieces) {
  disk_torrent const one_short_piece(m_ram, v1_layout(1024 * KiB, {{30 * KiB}}));
  m_ram.disk().set_budget(32 * KiB);
  EXPECT_EQ(check_files(one_short_piece).first, lt::status_t::no_error);
}

// 20 KiB in pieces of 16 KiB take two blocks.
TEST_F(MemoryDiskIo, MeasuresATorrentInWholeBlocksWhenItAsksWhetherItFits) {
  disk_torrent const two_blocks(m_ram, v1_layout(16 * KiB, {{20 * KiB}}));
  m_ram.disk().set_budget(20 * KiB);
  EXPECT_EQ(check_files(two_blocks).first, lt::status_t::fatal_disk_error);
  m_ram.disk().set_budget(32 * KiB);
  EXPECT_EQ(check_files(two_blocks).first, lt::status_t::no_error);
}

TEST(MinimumBudget, IsTwoPiecesInWholeBlocks) {
  EXPECT_EQ(minimum_budget_bytes(64 * KiB), 128 * KiB);
  EXPECT_EQ(minimum_budget_bytes(16 * KiB + 1), 64 * KiB);
  EXPECT_EQ(minimum_budget_bytes(1), 32 * KiB);
  EXPECT_EQ(minimum_budget_bytes(std::int64_t{2} << 30), std::int64_t{4} << 30);
}

// ---- the rest of the interface ----

TEST_F(MemoryDiskIo, DeletesFilesByForgettingThem) {
  m_torrent.write_all();
  lt::error_code error = cancelled();
  m_ram.io().async_delete_files(m_torrent.index(), {}, [&](lt::storage_error const& e) { error = e.ec; });
  m_ram.run_all();
  EXPECT_EQ(error, lt::error_code());
  EXPECT_EQ(m_ram.stats().used_bytes, 0);
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector<int>{}));
}

TEST_F(MemoryDiskIo, SucceedsWithWhatItWasAskedForWhereFilesWouldChange) {
  std::string moved_to, renamed_to;
  lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities;
  m_ram.io().async_move_storage(m_torrent.index(), "elsewhere", lt::move_flags_t::fail_if_exist,
                                [&](lt::status_t status, std::string const& path, lt::storage_error const& error) {
                                  EXPECT_EQ(status, lt::status_t::no_error);
                                  EXPECT_FALSE(error);
                                  moved_to = path;
                                });
  m_ram.io().async_rename_file(m_torrent.index(), lt::file_index_t(7), "another name",
                               [&](std::string const& name, lt::file_index_t file, lt::storage_error const& error) {
                                 EXPECT_EQ(file, lt::file_index_t(7));
                                 EXPECT_FALSE(error);
                                 renamed_to = name;
                               });
  m_ram.io().async_set_file_priority(m_torrent.index(), {lt::top_priority, lt::dont_download},
                                     [&](lt::storage_error const& error, auto set) {
                                       EXPECT_FALSE(error);
                                       priorities = std::move(set);
                                     });
  m_ram.run_all();
  EXPECT_EQ(moved_to, "elsewhere");
  EXPECT_EQ(renamed_to, "another name");
  EXPECT_EQ(priorities, (decltype(priorities){lt::top_priority, lt::dont_download}));
}

TEST_F(MemoryDiskIo, KeepsItsBlocksWhenATorrentIsStopped) {
  m_torrent.write_all();
  m_ram.io().async_stop_torrent(m_torrent.index());
  m_ram.io().async_release_files(m_torrent.index());
  m_ram.run_all();
  EXPECT_EQ(m_torrent.pieces_there(), (std::vector{0, 1, 2, 3}));
}

TEST_F(MemoryDiskIo, KeepsTheBlocksOfAPieceThatIsCleared) {
  m_torrent.write_piece(0);
  bool cleared = false;
  m_ram.io().async_clear_piece(m_torrent.index(), lt::piece_index_t(0), [&](lt::piece_index_t p) {
    EXPECT_EQ(p, lt::piece_index_t(0));
    cleared = true;
  });
  m_ram.run_all();
  EXPECT_TRUE(cleared);
  EXPECT_EQ(m_torrent.read(0, 0, 16 * KiB).says(), "right");
}

TEST_F(MemoryDiskIo, ClearsAPieceOnlyWhenItsHashJobsHaveAnswered) {
  m_torrent.write_piece(0);
  std::vector<std::string> answers;
  for (int jobs = 0; jobs < 2; ++jobs)
    m_torrent.begin_hash(0, lt::disk_interface::v1_hash, [&](hash_answer const&) { answers.push_back("hash"); });
  m_ram.io().async_clear_piece(m_torrent.index(), lt::piece_index_t(0), [&](auto) { answers.push_back("clear"); });
  m_ram.run_all();
  EXPECT_EQ(answers, (std::vector<std::string>{"hash", "hash", "clear"}));
}

// libtorrent must know that a piece is complete before it hears its hash. What is posted from inside a handler, as
// here, is queued only when the handler ends; a hash that is ready before that must not come first.
TEST_F(MemoryDiskIo, AnswersAHashBehindTheWritesItHashed) {
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> answers;
    m_ram.io().async_release_files(m_torrent.index(), [&] {
      for (int b = 0; b < 4; ++b)
        (void)m_torrent.begin_write(0, b, [&](lt::storage_error const&) { answers.push_back("write"); });
      m_torrent.begin_hash(0, lt::disk_interface::v1_hash, [&](hash_answer const&) { answers.push_back("hash"); });
      // Now only the hash job holds the blocks: when they are gone it is about to answer.
      m_ram.io().async_delete_files(m_torrent.index(), {}, nullptr);
      auto const limit = std::chrono::steady_clock::now() + patience;
      while (m_ram.stats().used_bytes > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    });
    m_ram.run_all();
    ASSERT_EQ(answers, (std::vector<std::string>{"write", "write", "write", "write", "hash"})) << "round " << round;
  }
}

TEST_F(MemoryDiskIo, CountsBlocksInUse) {
  m_torrent.write_piece(0);
  lt::counters counters;
  m_ram.io().update_stats_counters(counters);
  EXPECT_EQ(counters[lt::counters::disk_blocks_in_use], 4);
  EXPECT_TRUE(m_ram.io().get_status(m_torrent.index()).empty());
}

TEST_F(MemoryDiskIo, AnswersAllHashJobsWhileTheNumberOfItsThreadsChanges) {
  m_torrent.write_all();
  int right = 0;
  for (int round = 0; round < 50; ++round) {
    int const p = round % 4;
    m_torrent.begin_hash(p, lt::disk_interface::v1_hash, [&, p](hash_answer const& answer) {
      right += !answer.error && answer.v1 == m_torrent.bytes().v1_hash(p);
    });
    m_ram.settings().set_int(lt::settings_pack::hashing_threads, round % 5);
    m_ram.io().settings_updated();
  }
  m_ram.run_all();
  EXPECT_EQ(right, 50);
}

} // namespace memtorrent::test
