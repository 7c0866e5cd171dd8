#include "hybrid/export_writer.hpp"

#include "support/event_count.hpp"
#include "support/limited_threads.hpp"
#include "support/short_names.hpp"
#include "support/stored_torrent.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

// The rounds of an export, without a session. What becomes of the files on their own: new_files_test.

namespace memtorrent::test {

namespace {

class ExportWriter : public testing::Test {
 protected:
  /// A writer of the torrent's passed pieces into the folder.
  void start(lt::file_storage const& layout) {
    m_layout = layout;
    m_torrent.emplace(layout);
    std::vector<planned_file> files;
    ASSERT_FALSE(plan_files(layout, m_folder.path(), files));
    // Does not own it: the torrent is a value here.
    m_writer.emplace(std::shared_ptr<memory_storage>(std::shared_ptr<void>(), m_torrent->operator->()), files,
                     m_system.maker(), [this](int descriptor) { return sync(descriptor); });
  }

  export_failure round() {
    event_count ended;
    m_writer->begin_round([&] { ended.add(); });
    auto failure = m_writer->end_round();
    EXPECT_EQ(ended.count(), 1);
    return failure;
  }

  /// "right", or what is not, in a file of which only the given pieces were there.
  std::string compare(int file, std::vector<int> const& pieces) {
    lt::file_index_t const index(file);
    auto const content = content_of(m_layout.file_path(index, m_folder.path().string()));
    if (std::ssize(content) != m_layout.file_size(index)) return "another size";
    for (std::int64_t i = 0; i < std::ssize(content); ++i) {
      std::int64_t const offset = m_layout.file_offset(index) + i;
      bool const there =
          std::count(pieces.begin(), pieces.end(), static_cast<int>(offset / m_layout.piece_length())) > 0;
      char const right = there ? m_torrent->bytes().all()[offset] : '\0';
      if (content[static_cast<std::size_t>(i)] != right) return "wrong from byte " + std::to_string(i) + " on";
    }
    return "right";
  }

  int sync(int descriptor) {
    struct stat what {};
    bool const is_folder = ::fstat(descriptor, &what) == 0 && S_ISDIR(what.st_mode);
    if (is_folder) ++m_folders_synced;
    if (!is_folder || m_folder_error == 0) return 0;
    errno = m_folder_error;
    return -1;
  }

  limited_threads m_system{1000};
  int m_folders_synced = 0;
  int m_folder_error = 0;
  temporary_folder m_folder;
  lt::file_storage m_layout;
  std::optional<stored_torrent> m_torrent;
  std::optional<export_writer> m_writer;
};

} // namespace

TEST_F(ExportWriter, WritesWhatHasPassedAndNothingElse) {
  start(plain_layout());
  m_torrent->pass(0);
  m_torrent->write_piece(1);
  m_torrent->pass(3);
  EXPECT_FALSE(round());
  EXPECT_EQ(compare(0, {0, 3}), "right");
  EXPECT_TRUE(m_writer->has_written_all());
}

TEST_F(ExportWriter, WritesInTheNextRoundWhatPassedMeanwhile) {
  start(plain_layout());
  m_torrent->pass(1);
  EXPECT_FALSE(m_writer->has_written_all());
  EXPECT_FALSE(round());
  EXPECT_TRUE(m_writer->has_written_all());
  m_torrent->pass(0);
  m_torrent->pass(2);
  EXPECT_FALSE(m_writer->has_written_all());
  EXPECT_FALSE(round());
  EXPECT_TRUE(m_writer->has_written_all());
  EXPECT_EQ(compare(0, {0, 1, 2}), "right");
}

TEST_F(ExportWriter, DoesNotMissAPieceThatWasLetGo) {
  start(plain_layout());
  m_torrent->pass(0);
  m_torrent->pass(1);
  (*m_torrent)->evict(piece(1));
  EXPECT_FALSE(round());
  EXPECT_TRUE(m_writer->has_written_all());
  EXPECT_EQ(compare(0, {0}), "right");
}

TEST_F(ExportWriter, KeepsNoBlockAlive) {
  start(plain_layout());
  m_torrent->pass(0);
  EXPECT_FALSE(round());
  (*m_torrent)->evict(piece(0));
  EXPECT_EQ(m_torrent->used(), 0);
}

TEST_F(ExportWriter, SplitsPiecesAtTheEndsOfFiles) {
  start(v1_layout(64 * KiB, {{5}, {70'000}, {0}, {1}, {40'000}}));
  m_torrent->pass(0);
  m_torrent->pass(1);
  EXPECT_FALSE(round());
  for (int file = 0; file < 5; ++file) EXPECT_EQ(compare(file, {0, 1}), "right") << file;
}

TEST_F(ExportWriter, LeavesPadsOut) {
  start(hybrid_layout(64 * KiB, {100'000, 1, 64 * KiB, 20'000}));
  for (int p = 0; p < m_layout.num_pieces(); ++p) m_torrent->pass(p);
  EXPECT_FALSE(round());
  int files = 0;
  for (auto const file : m_layout.file_range()) {
    if (m_layout.pad_file_at(file)) continue;
    EXPECT_EQ(compare(static_cast<int>(file), {0, 1, 2, 3, 4}), "right") << static_cast<int>(file);
    ++files;
  }
  EXPECT_EQ(std::ssize(files_below(m_folder.path())), files);
}

TEST_F(ExportWriter, DeletesAllItsRoundsMadeWhenItIsCancelled) {
  start(plain_layout());
  m_torrent->pass(0);
  EXPECT_FALSE(round());
  EXPECT_NE(files_below(m_folder.path()), no_files);
  m_writer->cancel();
  EXPECT_FALSE(round());
  EXPECT_EQ(files_below(m_folder.path()), no_files);
}

TEST_F(ExportWriter, HasTheNamesOfItsFilesOnTheDeviceWhenItsRoundHasEnded) {
  start(plain_layout());
  m_torrent->pass(0);
  EXPECT_FALSE(round());
  EXPECT_GE(m_folders_synced, 1);
  int const before = m_folders_synced;
  m_torrent->pass(1);
  EXPECT_FALSE(round());
  EXPECT_EQ(m_folders_synced, before) << "a round that makes no file needs no other name";
}

TEST_F(ExportWriter, DeletesItsFilesWhenTheirNamesDoNotReachTheDevice) {
  start(plain_layout());
  m_torrent->pass(0);
  m_folder_error = EIO;
  auto const failure = round();
  EXPECT_EQ(failure.error, boost::system::errc::io_error);
  EXPECT_EQ(files_below(m_folder.path()), no_files);
}

TEST_F(ExportWriter, FailsWhenTheSystemHasNoThreadForARound) {
  start(plain_layout());
  m_torrent->pass(0);
  m_system.left = 0;
  EXPECT_EQ(round().error, boost::system::errc::resource_unavailable_try_again);
  EXPECT_EQ(files_below(m_folder.path()), no_files);
}

TEST_F(ExportWriter, DeletesWhatEarlierRoundsMadeWhenTheSystemHasNoThreadForTheNext) {
  start(plain_layout());
  m_torrent->pass(0);
  m_system.left = 1;
  EXPECT_FALSE(round());
  EXPECT_NE(files_below(m_folder.path()), no_files);
  m_torrent->pass(1);
  EXPECT_TRUE(round());
  EXPECT_EQ(files_below(m_folder.path()), no_files);
}

TEST_F(ExportWriter, WaitsForItsRoundWhenItGoes) {
  start(plain_layout());
  m_torrent->pass(0);
  event_count ended;
  m_writer->begin_round([&] { ended.add(); });
  m_writer.reset();
  EXPECT_EQ(ended.count(), 1);
}

} // namespace memtorrent::test
