#include "memtorrent/block_ref.hpp"
#include "memtorrent/error.hpp"
#include "support/disk_torrent.hpp"
#include "support/recording_disk.hpp"
#include "support/routed_disk.hpp"
#include "support/short_names.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// A router with torrents of both kinds. That each of them is as without it: the conformance tests. With sessions:
// hybrid_session_test. Moving one from RAM to files: export_test.

namespace memtorrent::test {

namespace {

lt::file_storage four_pieces() { return v1_layout(64 * KiB, {{4 * 64 * KiB}}); }

class DiskRouter : public testing::TestWithParam<disk_kind> {
 protected:
  std::unique_ptr<disk_torrent> add_in_ram(std::uint64_t seed) { return add(seed, routed_disk::in_memory); }
  std::unique_ptr<disk_torrent> add_in_files(std::uint64_t seed) { return add(seed, m_disks.folder() / "films"); }

  /// As libtorrent ends with each: it has the files closed, and lets go of the torrent when they are. A disk for files
  /// counts on that.
  void end(std::unique_ptr<disk_torrent>& torrent) {
    bool stopped = false;
    m_disks.io().async_stop_torrent(torrent->index(), [&] { stopped = true; });
    m_disks.run_until([&] { return stopped; });
    torrent.reset();
  }

  routed_disk m_disks{GetParam(), 2};

 private:
  /// As libtorrent begins with each: it has the files checked.
  std::unique_ptr<disk_torrent> add(std::uint64_t seed, std::filesystem::path const& save_path) {
    auto torrent = std::make_unique<disk_torrent>(m_disks, four_pieces(), seed, save_path);
    bool answered = false;
    m_disks.io().async_check_files(torrent->index(), nullptr, {},
                                   [&](lt::status_t status, lt::storage_error const& error) {
                                     EXPECT_EQ(status, lt::status_t::no_error);
                                     EXPECT_EQ(error.ec, lt::error_code());
                                     answered = true;
                                   });
    m_disks.run_until([&] { return answered; });
    return torrent;
  }
};

} // namespace

INSTANTIATE_TEST_SUITE_P(, DiskRouter, testing::Values(disk_kind::posix, disk_kind::mmap),
                         [](auto const& kind) { return kind.param == disk_kind::mmap ? "Mmap" : "Posix"; });

TEST_P(DiskRouter, KeepsOneTorrentInRamAndOneInFiles) {
  auto const in_ram = add_in_ram(1);
  auto const in_files = add_in_files(2);
  for (int p = 0; p < 4; ++p) {
    in_ram->write_piece(p);
    in_files->write_piece(p);
  }
  for (auto* const torrent : {in_ram.get(), in_files.get()})
    for (int p = 0; p < 4; ++p) {
      EXPECT_EQ(torrent->read(p, 16 * KiB, 16 * KiB).says(), "right");
      EXPECT_EQ(torrent->hash(p).v1, torrent->bytes().v1_hash(p));
    }
  EXPECT_EQ(m_disks.stats().used_bytes, 16 * block_bytes);
  EXPECT_EQ(files_below(m_disks.folder()), (std::vector<std::string>{"films/layout/0"}));
  auto const right = in_files->bytes().all();
  EXPECT_EQ(content_of(m_disks.folder() / "films/layout/0"), std::string(right.begin(), right.end()));
}

TEST_P(DiskRouter, UsesASlotAgainForATorrentOfTheOtherKind) {
  auto first = add_in_ram(1);
  auto const slot = first->index();
  end(first);
  auto second = add_in_files(2);
  EXPECT_EQ(second->index(), slot);
  second->write_all();
  EXPECT_EQ(second->read(3, 0, 16 * KiB).says(), "right");
  EXPECT_EQ(m_disks.stats().used_bytes, 0);
  end(second);
  auto const third = add_in_ram(3);
  EXPECT_EQ(third->index(), slot);
  third->write_all();
  EXPECT_EQ(third->read(3, 0, 16 * KiB).says(), "right");
  EXPECT_EQ(m_disks.stats().used_bytes, 16 * block_bytes);
}

TEST_P(DiskRouter, AnswersTheJobsOfATorrentWhoseSlotIsUsedAgain) {
  auto first = add_in_ram(1);
  first->write_piece(0);
  std::optional<lt::error_code> wrote;
  std::optional<std::string> read;
  std::optional<hash_answer> hashed;
  (void)first->begin_write(1, 0, [&](lt::storage_error const& error) { wrote = error.ec; });
  first->begin_read(0, 0, 16 * KiB, [&](read_answer const& answer) { read = answer.says(); });
  first->begin_hash(0, v1_hash, [&](hash_answer answer) { hashed = std::move(answer); });
  auto const slot = first->index();
  auto const right_hash = first->bytes().v1_hash(0);
  first.reset();

  auto const second = add_in_files(2);
  ASSERT_EQ(second->index(), slot);
  second->write_all();
  m_disks.run_until([&] { return wrote && read && hashed; });
  EXPECT_EQ(*wrote, cancelled()) << "its piece went with its torrent";
  EXPECT_EQ(*read, "right");
  EXPECT_TRUE(hashed->error == cancelled() || hashed->v1 == right_hash) << "but never the hash of the second";
  EXPECT_EQ(second->read(0, 0, 16 * KiB).says(), "right");
}

TEST_P(DiskRouter, LetsBuffersOutliveTheirTorrents) {
  auto in_ram = add_in_ram(1);
  auto in_files = add_in_files(2);
  in_ram->write_all();
  in_files->write_all();
  std::vector<read_answer> buffers;
  for (int p = 0; p < 4; ++p) {
    buffers.push_back(in_ram->read(p, 0, 16 * KiB));
    buffers.push_back(in_files->read(p, 0, 16 * KiB));
  }
  end(in_ram);
  end(in_files);
  for (auto const& buffer : buffers) EXPECT_EQ(buffer.says(), "right");
  EXPECT_EQ(m_disks.stats().used_bytes, 4 * block_bytes);
  // In an order that mixes them: each goes back to whoever lent it.
  buffers.clear();
  EXPECT_EQ(m_disks.stats().used_bytes, 0);
  lt::counters counters;
  m_disks.io().update_stats_counters(counters);
  EXPECT_EQ(counters[lt::counters::disk_blocks_in_use], 0);
}

TEST_P(DiskRouter, AnswersEverythingWhenTheSessionEnds) {
  auto in_ram = add_in_ram(1);
  auto in_files = add_in_files(2);
  in_ram->write_all();
  in_files->write_all();
  int answers = 0;
  for (auto* const torrent : {in_ram.get(), in_files.get()})
    for (int p = 0; p < 4; ++p) {
      torrent->begin_hash(p, v1_hash, [&](hash_answer const&) { ++answers; });
      torrent->begin_read(p, 0, 16 * KiB, [&](read_answer const&) { ++answers; });
      (void)torrent->begin_write(p, 1, [&](lt::storage_error const&) { ++answers; });
    }
  m_disks.io().abort(false);
  m_disks.run_all();
  EXPECT_EQ(answers, 24);
}

TEST_P(DiskRouter, WaitsForBothWhenItIsToldTo) {
  auto in_ram = add_in_ram(1);
  auto in_files = add_in_files(2);
  in_ram->write_all();
  in_files->write_all();
  int answers = 0;
  for (auto* const torrent : {in_ram.get(), in_files.get()})
    torrent->begin_hash(0, v1_hash, [&](hash_answer const&) { ++answers; });
  m_disks.io().submit_jobs();
  m_disks.io().abort(true);
  while (m_disks.run_one_ready()) {
  }
  EXPECT_EQ(answers, 2) << "nothing had to be waited for any more";
}

// ---- with a disk I/O behind it that writes down what it is asked ----

namespace {

class DiskRouterCalls : public testing::Test {
 protected:
  std::shared_ptr<call_log> m_log = std::make_shared<call_log>();
  routed_disk m_disks{[log = m_log](lt::io_context&, lt::settings_interface const&, lt::counters&) {
    return std::make_unique<recording_disk>(log, 40);
  }};
};

} // namespace

TEST_F(DiskRouterCalls, PassEveryJobOnWithTheIndexOfTheOtherSide) {
  disk_torrent const in_ram(m_disks, four_pieces()), first(m_disks, four_pieces(), 1, "first");
  disk_torrent second(m_disks, four_pieces(), 1, "second");
  auto const i = second.index();
  EXPECT_EQ(i, lt::storage_index_t(2));
  m_log->clear();

  auto& io = m_disks.io();
  lt::piece_index_t const piece(0);
  io.async_read(i, {piece, 0, 100}, nullptr, {});
  EXPECT_TRUE(io.async_write(i, {piece, 0, 100}, nullptr, nullptr, nullptr, {})) << "what it answers is passed back";
  io.async_hash(i, piece, {}, {}, nullptr);
  io.async_hash2(i, piece, 0, {}, nullptr);
  io.async_move_storage(i, "there", lt::move_flags_t::dont_replace, nullptr);
  io.async_release_files(i);
  io.async_check_files(i, nullptr, {}, nullptr);
  io.async_stop_torrent(i);
  io.async_rename_file(i, lt::file_index_t(0), "name", nullptr);
  io.async_delete_files(i, {}, nullptr);
  io.async_set_file_priority(i, {}, nullptr);
  io.async_clear_piece(i, piece, nullptr);
  (void)io.get_status(i);
  second.remove();
  EXPECT_EQ(*m_log, (call_log{"read 41", "write 41", "hash 41", "hash2 41", "move to there 41", "release 41",
                              "check 41", "stop 41", "rename to name 41", "delete 41", "priority 41", "clear 41",
                              "status 41", "remove 41"}));
}

TEST_F(DiskRouterCalls, DoNotReachTheFilesWhenTheTorrentIsInRam) {
  disk_torrent in_ram(m_disks, four_pieces());
  in_ram.write_all();
  EXPECT_EQ(in_ram.read(0, 0, 16 * KiB).says(), "right");
  in_ram.remove();
  EXPECT_EQ(std::count(m_log->begin(), m_log->end(), "submit"), std::ssize(*m_log));
}

TEST_F(DiskRouterCalls, ReachBothWhenTheyAreOfTheWholeSession) {
  disk_torrent in_ram(m_disks, four_pieces());
  in_ram.write_all();
  m_log->clear();
  m_disks.settings().set_int(lt::settings_pack::hashing_threads, 3);
  m_disks.io().settings_updated();
  m_disks.io().submit_jobs();
  m_disks.io().abort(true);
  EXPECT_EQ(*m_log, (call_log{"settings", "submit", "abort and wait"}));
  EXPECT_EQ(in_ram.hash(0).error, cancelled()) << "RAM was told to abort as well";
}

TEST_F(DiskRouterCalls, AddUpTheGaugesThatBothSet) {
  disk_torrent in_ram(m_disks, four_pieces());
  in_ram.write_piece(0);
  lt::counters counters;
  counters.set_value(lt::counters::num_peers_connected, 5);
  for (int readings = 0; readings < 2; ++readings) {
    m_disks.io().update_stats_counters(counters);
    EXPECT_EQ(counters[lt::counters::disk_blocks_in_use], 1004);
    EXPECT_EQ(counters[lt::counters::num_jobs], 7);
    EXPECT_EQ(counters[lt::counters::num_peers_connected], 5);
  }
}

TEST(HybridDiskConstructor, ServesOneSession) {
  hybrid_disk_constructor const disks;
  lt::io_context network_thread, other;
  lt::counters counters;
  lt::settings_pack const settings;
  auto const first = disks(network_thread, settings, counters);
  EXPECT_THROW((void)disks(other, settings, counters), std::logic_error);
}

TEST(HybridDisk, OutlivesItsSession) {
  hybrid_disk_constructor const disks;
  hybrid_disk const disk = disks.disk();
  {
    lt::io_context network_thread;
    lt::counters counters;
    lt::settings_pack const settings;
    (void)disks(network_thread, settings, counters);
  }
  EXPECT_FALSE(disk.is_in_memory({}));
  EXPECT_EQ(disk.memory().stats().used_bytes, 0);
  boost::system::error_code error;
  disk.export_to({}, "/nowhere", [&](boost::system::error_code ec, std::string const&) { error = ec; });
  EXPECT_EQ(error, errc::session_closed);
}

} // namespace memtorrent::test
