#include "disk/memory_disk_state.hpp"
#include "support/event_count.hpp"
#include "support/hybrid_session.hpp"
#include "support/short_names.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <libtorrent/alert_types.hpp>

#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <future>
#include <string>
#include <utility>
#include <vector>

// Exports that fail: the torrent is in RAM as before, and nothing that was made stays.

namespace memtorrent::test {

namespace {

namespace errors = boost::system::errc;

class FailedExport : public testing::Test {
 protected:
  void download() { ASSERT_TRUE(m_session.download(m_torrent, m_seed)); }

  /// That the torrent is in RAM and serves from there, and that it can still be exported.
  void expect_it_goes_on() {
    EXPECT_TRUE(m_session.disk.is_in_memory(m_torrent));
    EXPECT_TRUE(is_seeding(m_torrent));
    m_swarm.end_last(); // the seed
    EXPECT_EQ(leech_from(m_swarm, m_film, m_session), "");
    auto const another = m_folder.path() / "another";
    EXPECT_EQ(m_session.export_to(m_torrent, another).error, boost::system::error_code());
    EXPECT_TRUE(m_session.wait_until([&] { return is_seeding(m_torrent); }));
    EXPECT_EQ(differences(m_film, another), "");
  }

  film m_film{{.size_bytes = MiB + 5, .more_files_bytes = {2 * MiB + 77}}};
  temporary_folder m_folder;
  std::filesystem::path m_place = m_folder.path() / "films/kept";
  swarm m_swarm;
  loopback_session& m_seed = m_swarm.seed(m_film);
  hybrid_session m_session;
  lt::torrent_handle m_torrent = m_session.add(m_film, "/nowhere");
};

/// No file of this process can grow beyond it, as on a full disk.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &m_before);
    rlimit const lower{bytes, m_before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lower);
  }
  file_size_limit(file_size_limit const&) = delete;
  file_size_limit& operator=(file_size_limit const&) = delete;
  ~file_size_limit() {
    setrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, m_handler);
  }

 private:
  rlimit m_before{};
  void (*m_handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

} // namespace

TEST_F(FailedExport, NamesTheFolderThatCannotBeMade) {
  download();
  std::ofstream(m_folder.path() / "films") << "a file where a folder is needed";
  auto const result = m_session.export_to(m_torrent, m_place);
  EXPECT_EQ(result.error, errors::make_error_condition(errors::not_a_directory)) << result.error.message();
  EXPECT_EQ(result.path, m_place);
  EXPECT_EQ(files_below(m_folder.path()), (std::vector<std::string>{"films"}));
  expect_it_goes_on();
}

TEST_F(FailedExport, DeletesTheFilesThatFittedWhenOneDoesNot) {
  download();
  {
    file_size_limit const limit(3 * MiB / 2);
    auto const result = m_session.export_to(m_torrent, m_place);
    EXPECT_EQ(result.error, errors::make_error_condition(errors::file_too_large)) << result.error.message();
    EXPECT_EQ(result.path, m_place / "film/film-1.mkv");
  }
  EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "films"));
  expect_it_goes_on();
}

TEST_F(FailedExport, LeavesAFileThatWasThereAloneEvenIfItIsTheSame) {
  download();
  std::filesystem::create_directories(m_place / "film");
  std::filesystem::copy_file(m_film.folder() / "film/film-1.mkv", m_place / "film/film-1.mkv");
  auto const result = m_session.export_to(m_torrent, m_place);
  EXPECT_EQ(result.error, errors::make_error_condition(errors::file_exists)) << result.error.message();
  EXPECT_EQ(result.path, m_place / "film/film-1.mkv");
  EXPECT_EQ(files_below(m_folder.path()), (std::vector<std::string>{"films/kept/film/film-1.mkv"}));
  EXPECT_EQ(content_of(m_place / "film/film-1.mkv"), content_of(m_film.folder() / "film/film-1.mkv"));
  expect_it_goes_on();
}

TEST_F(FailedExport, TellsLibtorrentThatTheMoveFailed) {
  download();
  std::ofstream(m_folder.path() / "films") << "a file where a folder is needed";
  auto const result = m_session.begin_export(m_torrent, m_place);
  EXPECT_TRUE(m_session.wait_for(
      [](lt::alert const& a) { return lt::alert_cast<lt::storage_moved_failed_alert>(&a) != nullptr; }));
  EXPECT_EQ(m_torrent.status(lt::torrent_handle::query_save_path).save_path, "/nowhere");
  EXPECT_FALSE(m_torrent.status(lt::status_flags_t{}).moving_storage);
}

TEST_F(FailedExport, RenamesAfterItWhatIsRenamedDuringIt) {
  download();
  std::filesystem::create_directories(m_place / "film");
  std::ofstream(m_place / "film/film-1.mkv") << "in the way";
  auto result =
      m_session.begin_export(m_torrent, m_place, [&] { m_torrent.rename_file(lt::file_index_t(0), "film/later.mkv"); });
  ASSERT_EQ(result.wait_for(patience), std::future_status::ready);
  EXPECT_TRUE(result.get().error);
  EXPECT_TRUE(
      m_session.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::file_renamed_alert>(&a) != nullptr; }));
}

// ---- what is refused at once ----

TEST_F(FailedExport, IsRefusedWhileTheTorrentDownloads) {
  EXPECT_EQ(m_session.export_to(m_torrent, m_place).error, errc::not_finished);
  EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "films"));
}

TEST_F(FailedExport, IsRefusedWhenNothingIsInRam) {
  std::vector<lt::download_priority_t> const unwanted(static_cast<std::size_t>(m_film.info()->num_files()),
                                                      lt::dont_download);
  m_torrent.prioritize_files(unwanted);
  ASSERT_TRUE(m_session.wait_until([&] { return m_torrent.status(lt::status_flags_t{}).is_finished; }));
  EXPECT_EQ(m_session.export_to(m_torrent, m_place).error, errc::no_piece_in_memory);
}

TEST_F(FailedExport, IsRefusedForWhatIsNotInRam) {
  torrent_placement in_files{.where = place::files};
  film const other({.size_bytes = MiB, .seed = 9});
  auto const in_a_file = m_session.add(other, m_folder.path(), &in_files);
  EXPECT_EQ(m_session.export_to(in_a_file, m_place).error, errc::not_in_memory);
  EXPECT_EQ(m_session.export_to({}, m_place).error, errc::torrent_removed);

  download();
  ASSERT_FALSE(m_session.export_to(m_torrent, m_place).error);
  EXPECT_EQ(m_session.export_to(m_torrent, m_place).error, errc::not_in_memory) << "it is in files now";
}

TEST_F(FailedExport, IsRefusedASecondTimeWhileTheFirstRuns) {
  download();
  std::promise<std::pair<std::future<exported>, std::future<exported>>> begun;
  // In one turn, so that the second begins right behind the first.
  m_session.post([&] {
    auto first = m_session.begin_export(m_torrent, m_place);
    auto second = m_session.begin_export(m_torrent, m_folder.path() / "another");
    begun.set_value({std::move(first), std::move(second)});
  });
  auto [first, second] = begun.get_future().get();
  ASSERT_EQ(first.wait_for(patience), std::future_status::ready);
  EXPECT_FALSE(first.get().error);
  ASSERT_EQ(second.wait_for(patience), std::future_status::ready);
  EXPECT_EQ(second.get().error, errc::export_running);
  EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "another"));
}

TEST_F(FailedExport, IsRefusedForANameThatLeadsOutOfTheFolder) {
  download();
  for (std::string const name : {"../outside.mkv", "/tmp/outside.mkv"}) {
    m_torrent.rename_file(lt::file_index_t(1), name);
    ASSERT_TRUE(
        m_session.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::file_renamed_alert>(&a) != nullptr; }));
    auto const result = m_session.export_to(m_torrent, m_place);
    EXPECT_EQ(result.error, errc::outside_folder) << name;
    EXPECT_EQ(std::filesystem::path(result.path).filename(), "outside.mkv");
  }
  EXPECT_TRUE(m_session.disk.is_in_memory(m_torrent));
  EXPECT_EQ(files_below(m_folder.path()), no_files);
}

// ---- what ends it ----

TEST_F(FailedExport, EndsWhenTheTorrentIsRemoved) {
  for (auto const options : {lt::remove_flags_t{}, lt::session::delete_files}) {
    download();
    auto result = m_session.begin_export(m_torrent, m_place, [&] {
      // An export is not complete while a piece is being hashed: however fast its writer is, the removal comes first.
      m_session.disk.memory().state()->find(m_torrent)->request_hash(lt::piece_index_t(0), {.v1 = true});
      m_session.session().remove_torrent(m_torrent, options);
    });
    ASSERT_EQ(result.wait_for(patience), std::future_status::ready);
    EXPECT_EQ(result.get().error, errc::torrent_removed);
    EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "films"));
    EXPECT_TRUE(m_session.wait_until([&] { return m_session.disk.memory().stats().used_bytes == 0; }));
    m_torrent = m_session.add(m_film, "/nowhere");
  }
}

TEST_F(FailedExport, EndsWhenTheSessionEnds) {
  download();
  event_count writing, ending;
  // The network thread stands still until the session was told to end.
  auto result = m_session.begin_export(m_torrent, m_place, [&] {
    writing.add();
    EXPECT_TRUE(ending.reaches(1));
  });
  ASSERT_TRUE(writing.reaches(1));
  auto const proxy = m_session.session().abort();
  ending.add();
  m_session.close();
  ASSERT_EQ(result.wait_for(patience), std::future_status::ready);
  auto const error = result.get().error;
  if (error) {
    EXPECT_TRUE(error == errc::session_closed || error == errc::torrent_removed) << error.message();
    EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "films"));
  } else {
    EXPECT_EQ(differences(m_film, m_place), "") << "it was done before the session was told";
  }
}

} // namespace memtorrent::test
