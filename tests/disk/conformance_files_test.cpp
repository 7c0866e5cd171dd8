#include "support/any_disk.hpp"
#include "support/disk_load.hpp"
#include "support/short_names.hpp"

#include <libtorrent/session_handle.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Files renamed, moved, deleted, prioritised and closed, each while the torrent is busy: nothing outstanding may be
// lost or answered wrong.

namespace memtorrent::test {

namespace {

lt::file_storage three_files() { return hybrid_layout(64 * KiB, {200 * KiB, 5, 130 * KiB}); }

using priorities = lt::aux::vector<lt::download_priority_t, lt::file_index_t>;

struct move_answer {
  lt::status_t status;
  std::string path;
  lt::error_code error;
};

class DiskFiles : public any_disk_test {
 protected:
  disk_torrent m_torrent{*m_disk, three_files()};
  disk_load m_load{m_torrent};

  void fill_and_keep_busy() {
    m_torrent.write_all();
    m_load.begin();
  }

  void expect_all_is_there() {
    for (int p = 0; p < m_torrent.num_pieces(); ++p) {
      auto const answer = m_torrent.hash(p);
      EXPECT_EQ(answer.error, lt::error_code());
      EXPECT_EQ(answer.v1, m_torrent.bytes().v1_hash(p)) << "piece " << p;
    }
  }

  [[nodiscard]] std::filesystem::path path_of(int file) const {
    return m_torrent.layout().file_path(lt::file_index_t(file), m_torrent.save_path().string());
  }

  lt::error_code rename(int file, std::string const& name) {
    std::optional<lt::error_code> renamed;
    m_disk->io().async_rename_file(
        m_torrent.index(), lt::file_index_t(file), name,
        [&](std::string const& new_name, lt::file_index_t answered, lt::storage_error const& error) {
          EXPECT_EQ(new_name, name);
          EXPECT_EQ(answered, lt::file_index_t(file));
          renamed = error.ec;
        });
    m_disk->run_until([&] { return renamed.has_value(); });
    return *renamed;
  }

  move_answer move(std::filesystem::path const& to, lt::move_flags_t flags) {
    std::optional<move_answer> answer;
    m_disk->io().async_move_storage(m_torrent.index(), to.string(), flags,
                                    [&](lt::status_t status, std::string const& path, lt::storage_error const& error) {
                                      answer = {status, path, error.ec};
                                    });
    m_disk->run_until([&] { return answer.has_value(); });
    return *answer;
  }

  lt::error_code remove_files(lt::remove_flags_t what) {
    std::optional<lt::error_code> removed;
    m_disk->io().async_delete_files(m_torrent.index(), what,
                                    [&](lt::storage_error const& error) { removed = error.ec; });
    m_disk->run_until([&] { return removed.has_value(); });
    return *removed;
  }

  /// What is answered for `set`, which must be answered without an error.
  priorities prioritise(priorities const& set) {
    std::optional<priorities> answer;
    m_disk->io().async_set_file_priority(m_torrent.index(), set, [&](lt::storage_error const& error, priorities now) {
      EXPECT_FALSE(error) << error.ec.message();
      answer = std::move(now);
    });
    m_disk->run_until([&] { return answer.has_value(); });
    return *answer;
  }

  /// A directory with a file of the torrent's name, which is not the torrent's.
  std::filesystem::path directory_with_a_file_in_the_way() {
    auto directory = m_disk->new_save_path();
    if (!has(habit::writes_files)) return directory;
    std::filesystem::path const file = m_torrent.layout().file_path(lt::file_index_t(0), directory.string());
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "somebody else's";
    return directory;
  }
};

} // namespace

// ---- rename ----

TEST_P(DiskFiles, RenamesAFile) {
  m_torrent.write_all();
  EXPECT_EQ(rename(0, "layout/another name"), lt::error_code());
  EXPECT_EQ(std::filesystem::exists(m_torrent.save_path() / "layout/another name"), has(habit::writes_files));
  EXPECT_FALSE(std::filesystem::exists(path_of(0)));
  expect_all_is_there();
}

TEST_P(DiskFiles, RenamesAFileThatIsNotThereYet) {
  EXPECT_EQ(rename(0, "elsewhere/another name"), lt::error_code());
  m_torrent.write_all();
  EXPECT_EQ(std::filesystem::exists(m_torrent.save_path() / "elsewhere/another name"), has(habit::writes_files));
  expect_all_is_there();
}

TEST_P(DiskFiles, RenamesFilesWhileTheyAreBusy) {
  fill_and_keep_busy();
  for (int round = 0; round < 3; ++round)
    for (int const file : {0, 2})
      EXPECT_EQ(rename(file, "layout/" + std::to_string(file) + " for the time " + std::to_string(round)),
                lt::error_code());
  m_disk->run_all();
  EXPECT_EQ(m_load.answers(), "all right");
  expect_all_is_there();
}

// ---- move ----

TEST_P(DiskFiles, MovesToWhereNothingIsInTheWay) {
  for (auto const flags :
       {lt::move_flags_t::always_replace_files, lt::move_flags_t::fail_if_exist, lt::move_flags_t::dont_replace}) {
    m_torrent.write_all();
    auto const to = m_disk->new_save_path();
    auto const answer = move(to, flags);
    EXPECT_EQ(answer.status, lt::status_t::no_error);
    EXPECT_EQ(answer.error, lt::error_code());
    EXPECT_EQ(answer.path, to.string());
    EXPECT_EQ(std::filesystem::exists(to / m_torrent.layout().file_path(lt::file_index_t(0))),
              has(habit::writes_files));
    expect_all_is_there();
  }
}

TEST_P(DiskFiles, MovesWhileItIsBusy) {
  for (auto const flags :
       {lt::move_flags_t::always_replace_files, lt::move_flags_t::fail_if_exist, lt::move_flags_t::dont_replace}) {
    fill_and_keep_busy();
    EXPECT_EQ(move(m_disk->new_save_path(), flags).status, lt::status_t::no_error);
    m_disk->run_all();
    EXPECT_EQ(m_load.answers(), "all right");
  }
  expect_all_is_there();
}

TEST_P(DiskFiles, ReplacesFilesInTheWayOfAMove) {
  fill_and_keep_busy();
  auto const to = directory_with_a_file_in_the_way();
  auto const answer = move(to, lt::move_flags_t::always_replace_files);
  EXPECT_EQ(answer.status, lt::status_t::no_error);
  EXPECT_EQ(answer.path, to.string());
  m_disk->run_all();
  EXPECT_EQ(m_load.answers(), "all right");
  expect_all_is_there();
}

TEST_P(DiskFiles, StaysWhereItIsWhenFilesAreInTheWayAndThatIsAskedFor) {
  fill_and_keep_busy();
  auto const to = directory_with_a_file_in_the_way();
  auto const answer = move(to, lt::move_flags_t::fail_if_exist);
  EXPECT_EQ(answer.status == lt::status_t::file_exist, has(habit::minds_files_in_the_way));
  EXPECT_EQ(answer.path, has(habit::minds_files_in_the_way) ? m_torrent.save_path().string() : to.string());
  m_disk->run_all();
  EXPECT_EQ(m_load.answers(), "all right");
  expect_all_is_there();
}

TEST_P(DiskFiles, TakesFilesInTheWayOfAMoveForItsOwnWhenThatIsAskedFor) {
  fill_and_keep_busy();
  auto const answer = move(directory_with_a_file_in_the_way(), lt::move_flags_t::dont_replace);
  m_disk->run_all();
  EXPECT_EQ(answer.status == lt::status_t::need_full_check, has(habit::minds_files_in_the_way));
  EXPECT_EQ(m_torrent.hash(0).v1 == m_torrent.bytes().v1_hash(0), !has(habit::minds_files_in_the_way));
}

// ---- delete ----

TEST_P(DiskFiles, DeletesFiles) {
  m_torrent.write_all();
  EXPECT_EQ(remove_files(lt::session_handle::delete_files), lt::error_code());
  for (int p = 0; p < m_torrent.num_pieces(); ++p) EXPECT_TRUE(m_torrent.read(p, 0, 1).error) << "piece " << p;
  EXPECT_FALSE(std::filesystem::exists(path_of(0)));
}

TEST_P(DiskFiles, DeletesFilesWhileTheyAreBusy) {
  fill_and_keep_busy();
  EXPECT_EQ(remove_files(lt::session_handle::delete_files), lt::error_code());
  m_disk->run_all();
  EXPECT_EQ(m_load.wrong_answers(), "none wrong");
  EXPECT_TRUE(m_torrent.read(0, 0, 1).error);
}

TEST_P(DiskFiles, KeepsFilesWhenOnlyThePartFileIsDeleted) {
  fill_and_keep_busy();
  EXPECT_EQ(remove_files(lt::session_handle::delete_partfile), lt::error_code());
  m_disk->run_all();
  EXPECT_EQ(m_load.wrong_answers(), "none wrong");
  EXPECT_EQ(!m_torrent.read(0, 0, 1).error, has(habit::keeps_data_when_the_part_file_goes));
}

TEST_P(DiskFiles, TakesBlocksAgainAfterADelete) {
  m_torrent.write_all();
  EXPECT_EQ(remove_files(lt::session_handle::delete_files | lt::session_handle::delete_partfile), lt::error_code());
  // mmap cuts a file to its length but once, and would not do it again here
  disk_torrent again(*m_disk, three_files(), 1, m_torrent.save_path());
  m_torrent.remove();
  again.write_all();
  for (int p = 0; p < again.num_pieces(); ++p) EXPECT_EQ(again.hash(p).v1, again.bytes().v1_hash(p));
}

// ---- priorities ----

TEST_P(DiskFiles, AnswersPrioritiesWithThoseThatWereSet) {
  m_torrent.write_all();
  auto const files = static_cast<std::size_t>(m_torrent.layout().num_files());
  for (auto const& set : {priorities(), priorities{lt::top_priority}, priorities(files, lt::default_priority),
                          priorities(files, lt::low_priority), priorities(files, lt::dont_download)})
    EXPECT_EQ(prioritise(set), set);
  expect_all_is_there();
}

TEST_P(DiskFiles, KeepsWhatIsThereWhenFilesAreNotWantedAndWantedAgain) {
  auto const files = static_cast<std::size_t>(m_torrent.layout().num_files());
  fill_and_keep_busy();
  prioritise(priorities(files, lt::dont_download));
  m_disk->run_all();
  expect_all_is_there();
  disk_load again(m_torrent);
  again.begin();
  prioritise(priorities(files, lt::default_priority));
  m_disk->run_all();
  EXPECT_EQ(m_load.answers(), "all right");
  EXPECT_EQ(again.answers(), "all right");
  expect_all_is_there();
}

// libtorrent's disks have a part file for these.
TEST_P(DiskFiles, TakesBlocksOfFilesThatAreNotWanted) {
  prioritise({lt::dont_download});
  fill_and_keep_busy();
  m_disk->run_all();
  EXPECT_EQ(m_load.answers(), "all right");
  expect_all_is_there();

  prioritise({lt::default_priority});
  EXPECT_EQ(std::filesystem::exists(path_of(0)), has(habit::writes_files));
  expect_all_is_there();
}

// ---- release, stop ----

TEST_P(DiskFiles, KeepsEverythingWhenItIsReleasedAndStoppedWhileItIsBusy) {
  for (int round = 0; round < 3; ++round) {
    fill_and_keep_busy();
    bool released = false, stopped = false;
    m_disk->io().async_release_files(m_torrent.index(), [&] { released = true; });
    m_disk->io().async_stop_torrent(m_torrent.index(), [&] { stopped = true; });
    m_disk->run_all();
    EXPECT_TRUE(released && stopped);
    EXPECT_EQ(m_load.answers(), "all right");
  }
  expect_all_is_there();
}

TEST_P(DiskFiles, AnswersAllOfThemAtOnceWhileItIsBusy) {
  m_torrent.write_all();
  int answers = 0;
  auto const count = [&](auto const&...) { ++answers; };
  auto const torrent = m_torrent.index();
  for (int round = 0; round < 3; ++round) {
    m_load.begin();
    m_disk->io().async_rename_file(torrent, lt::file_index_t(0), "name " + std::to_string(round), count);
    m_disk->io().async_move_storage(torrent, m_disk->new_save_path().string(), {}, count);
    m_disk->io().async_set_file_priority(torrent, priorities{lt::low_priority}, count);
    m_disk->io().async_clear_piece(torrent, lt::piece_index_t(0), count);
    m_disk->io().async_release_files(torrent, count);
    m_disk->io().async_stop_torrent(torrent, count);
    m_disk->run_all();
  }
  EXPECT_EQ(answers, 3 * 6);
  EXPECT_EQ(m_load.answers(), "all right");
  expect_all_is_there();
}

FOR_EVERY_DISK(DiskFiles);

} // namespace memtorrent::test
