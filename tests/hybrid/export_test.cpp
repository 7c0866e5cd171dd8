#include "memtorrent/torrent_stream.hpp"
#include "support/event_count.hpp"
#include "support/hybrid_session.hpp"
#include "support/short_names.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/posix_disk_io.hpp>

#include <string>
#include <vector>

// Torrents that are moved from RAM into files. What makes it fail: export_failure_test.

namespace memtorrent::test {

namespace {

class Export : public testing::Test {
 protected:
  explicit Export(torrent_version version = torrent_version::hybrid)
      : m_film({.size_bytes = 2 * MiB + 5, .version = version, .more_files_bytes = {MiB + 77, 0, 3}}) {}

  std::int64_t used_bytes() { return m_session.disk.memory().stats().used_bytes; }
  std::filesystem::path save_path() { return m_torrent.status(lt::torrent_handle::query_save_path).save_path; }
  template <typename Alert>
  bool wait_for() {
    return m_session.wait_for([](lt::alert const& a) { return lt::alert_cast<Alert>(&a) != nullptr; });
  }
  bool is_seeding_soon() {
    return m_session.wait_until([&] { return is_seeding(m_torrent); });
  }

  film m_film;
  temporary_folder m_folder;
  std::filesystem::path m_place = m_folder.path() / "films/kept";
  swarm m_swarm;
  loopback_session& m_seed = m_swarm.seed(m_film);
  hybrid_session m_session;
  lt::torrent_handle m_torrent = m_session.add(m_film, "/nowhere");
};

class ExportOf : public Export, public testing::WithParamInterface<torrent_version> {
 protected:
  ExportOf() : Export(GetParam()) {}
};

std::string name_of(testing::TestParamInfo<torrent_version> const& version) {
  return version.param == torrent_version::v1 ? "v1" : version.param == torrent_version::v2 ? "v2" : "hybrid";
}

} // namespace

INSTANTIATE_TEST_SUITE_P(, ExportOf, testing::Values(torrent_version::v1, torrent_version::v2, torrent_version::hybrid),
                         name_of);

TEST_P(ExportOf, AFinishedTorrentSeedsItFromFiles) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  EXPECT_GE(used_bytes(), 3 * MiB);

  auto const result = m_session.export_to(m_torrent, m_place);
  EXPECT_EQ(result.error, boost::system::error_code());
  EXPECT_EQ(result.path, "");
  EXPECT_FALSE(m_session.disk.is_in_memory(m_torrent));
  ASSERT_TRUE(is_seeding_soon()) << "the check found all pieces";
  EXPECT_EQ(differences(m_film, m_place), "");
  EXPECT_EQ(save_path(), m_place);
  EXPECT_TRUE(m_session.wait_until([&] { return used_bytes() == 0; }));

  m_swarm.end_last(); // the seed
  EXPECT_EQ(leech_from(m_swarm, m_film, m_session), "");
  EXPECT_EQ(used_bytes(), 0);
}

TEST_P(ExportOf, ATorrentWithARenamedFileUsesTheNewName) {
  m_torrent.rename_file(lt::file_index_t(0), "film/by another name/first.mkv");
  ASSERT_TRUE(wait_for<lt::file_renamed_alert>());
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  EXPECT_EQ(m_session.export_to(m_torrent, m_place).error, boost::system::error_code());
  ASSERT_TRUE(is_seeding_soon());
  EXPECT_EQ(files_below(m_place), (std::vector<std::string>{"film/by another name/first.mkv", "film/film-1.mkv",
                                                            "film/film-2.mkv", "film/film-3.mkv"}));
  EXPECT_EQ(content_of(m_place / "film/by another name/first.mkv"), content_of(m_film.folder() / "film/film-0.mkv"));
  EXPECT_EQ(content_of(m_place / "film/film-1.mkv"), content_of(m_film.folder() / "film/film-1.mkv"));
}

TEST_F(Export, GoesToTheDiskIoThatTheEmbedderChose) {
  hybrid_disk_config config;
  config.files = lt::posix_disk_io_constructor;
  hybrid_session session(config);
  m_torrent = session.add(m_film, "/nowhere");
  ASSERT_TRUE(session.download(m_torrent, m_seed));
  EXPECT_EQ(session.export_to(m_torrent, m_place).error, boost::system::error_code());
  ASSERT_TRUE(session.wait_until([&] { return is_seeding(m_torrent); }));
  EXPECT_EQ(differences(m_film, m_place), "");
  m_swarm.end_last(); // the seed
  EXPECT_EQ(leech_from(m_swarm, m_film, session), "");
}

TEST_F(Export, TakesARelativePathFromTheCurrentFolder) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  auto const before = std::filesystem::current_path();
  std::filesystem::current_path(m_folder.path());
  EXPECT_EQ(m_session.export_to(m_torrent, "films/./kept/").error, boost::system::error_code());
  std::filesystem::current_path(before);
  ASSERT_TRUE(is_seeding_soon());
  EXPECT_EQ(differences(m_film, m_place), "");
  EXPECT_EQ(save_path(), m_place);
}

// ---- what libtorrent is told ----

TEST_F(Export, IsAMoveToLibtorrent) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  auto const result = m_session.begin_export(m_torrent, m_place);
  std::string moved_to;
  ASSERT_TRUE(m_session.wait_for([&](lt::alert const& alert) {
    auto const* const moved = lt::alert_cast<lt::storage_moved_alert>(&alert);
    if (moved) moved_to = moved->storage_path();
    return moved != nullptr;
  }));
  EXPECT_EQ(moved_to, m_place);
  EXPECT_TRUE(m_session.wait_for(
      [](lt::alert const& alert) { return lt::alert_cast<lt::torrent_checked_alert>(&alert) != nullptr; }));
  EXPECT_TRUE(is_seeding(m_torrent));
  EXPECT_FALSE(m_torrent.status(lt::status_flags_t{}).moving_storage);
}

TEST_F(Export, LeavesResumeDataThatAnySessionCanUse) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  ASSERT_FALSE(m_session.export_to(m_torrent, m_place).error);
  ASSERT_TRUE(is_seeding_soon());
  m_torrent.save_resume_data(lt::torrent_handle::save_info_dict);
  lt::add_torrent_params resume;
  ASSERT_TRUE(m_session.wait_for([&](lt::alert const& alert) {
    auto const* const saved = lt::alert_cast<lt::save_resume_data_alert>(&alert);
    if (saved) resume = saved->params;
    return saved != nullptr;
  }));
  m_session.close();

  EXPECT_EQ(resume.save_path, m_place);
  loopback_session plain;
  auto const torrent = plain.session().add_torrent(resume);
  EXPECT_TRUE(plain.wait_until([&] { return is_seeding(torrent); }));
}

TEST_F(Export, IsCheckedEvenIfTheSessionSparesChecks) {
  lt::settings_pack pack;
  pack.set_bool(lt::settings_pack::no_recheck_incomplete_resume, true);
  m_session.session().apply_settings(pack);
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  ASSERT_FALSE(m_session.export_to(m_torrent, m_place).error);
  EXPECT_TRUE(is_seeding_soon());
  EXPECT_EQ(differences(m_film, m_place), "");
}

TEST_F(Export, OfAPausedTorrentIsCheckedWhenItIsResumed) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  m_torrent.pause();
  ASSERT_TRUE(wait_for<lt::torrent_paused_alert>());
  ASSERT_FALSE(m_session.export_to(m_torrent, m_place).error);
  m_torrent.resume();
  EXPECT_TRUE(is_seeding_soon());
  EXPECT_EQ(differences(m_film, m_place), "");
}

TEST_F(Export, ConnectsToItsPeersAgain) {
  // libtorrent does not wait before it connects again to a peer that it had an encrypted connection with, for a while.
  hybrid_session session(hybrid_disk_config(), [](lt::settings_pack& pack) {
    pack.set_int(lt::settings_pack::out_enc_policy, lt::settings_pack::pe_disabled);
  });
  auto const torrent = session.add(m_film, "/nowhere");
  ASSERT_TRUE(session.download(torrent, m_seed));
  torrent.set_upload_limit(16 * 1024); // so that the leecher stays one
  temporary_folder const leechers_folder;
  torrent.connect_peer(m_swarm.leech(m_film, leechers_folder.path()).endpoint());
  auto const status = [&] { return torrent.status(lt::status_flags_t{}); };
  ASSERT_TRUE(session.wait_until([&] { return status().total_payload_upload > 0; }));

  ASSERT_FALSE(session.export_to(torrent, m_place).error);
  ASSERT_TRUE(
      session.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::peer_disconnected_alert>(&a) != nullptr; }));
  EXPECT_TRUE(session.wait_until([&] { return status().num_peers == 1; }, std::chrono::seconds(45)))
      << "libtorrent by itself waits a minute";
}

// ---- what happens meanwhile ----

TEST_F(Export, RenamesAndMovesAfterItWhatIsRenamedAndMovedDuringIt) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  auto result = m_session.begin_export(m_torrent, m_place, [&] {
    m_torrent.rename_file(lt::file_index_t(0), "film/later.mkv");
    m_torrent.move_storage((m_folder.path() / "moved").string());
  });
  ASSERT_EQ(result.wait_for(patience), std::future_status::ready);
  EXPECT_FALSE(result.get().error);
  ASSERT_TRUE(wait_for<lt::file_renamed_alert>());
  ASSERT_TRUE(m_session.wait_until([&] { return save_path() == m_folder.path() / "moved"; }));
  ASSERT_TRUE(is_seeding_soon());
  EXPECT_EQ(files_below(m_folder.path()), (std::vector<std::string>{"moved/film/film-1.mkv", "moved/film/film-2.mkv",
                                                                    "moved/film/film-3.mkv", "moved/film/later.mkv"}));
  EXPECT_EQ(content_of(m_folder.path() / "moved/film/later.mkv"), content_of(m_film.folder() / "film/film-0.mkv"));
}

TEST_F(Export, GoesOnWhileTheTorrentIsChecked) {
  ASSERT_TRUE(m_session.download(m_torrent, m_seed));
  auto result = m_session.begin_export(m_torrent, m_place, [&] { m_torrent.force_recheck(); });
  ASSERT_EQ(result.wait_for(patience), std::future_status::ready);
  EXPECT_FALSE(result.get().error);
  EXPECT_TRUE(is_seeding_soon());
  EXPECT_EQ(differences(m_film, m_place), "");
  EXPECT_FALSE(m_session.disk.is_in_memory(m_torrent));
}

// ---- streams ----

namespace {

class ExportOfAStream : public Export {
 protected:
  ExportOfAStream() {
    m_session.session().remove_torrent(m_torrent);
    lt::add_torrent_params params;
    params.ti = m_film.info();
    prepare_for_streaming(params);
    m_torrent = m_session.session().add_torrent(params);
    boost::system::error_code ec;
    m_stream = torrent_stream::create(m_torrent, m_session.disk.memory(), ec);
    m_reader = m_stream->open(lt::file_index_t(0), ec);
    m_torrent.connect_peer(m_seed.endpoint());
  }

  std::int64_t read(std::int64_t offset, std::int64_t bytes, boost::system::error_code& ec) {
    std::int64_t got = 0;
    while (got < bytes && !ec) got += total_bytes(m_reader->read(offset + got, bytes - got, ec));
    return got;
  }

  /// It has all that it wants, and nothing is being checked.
  bool is_finished() { return m_torrent.status(lt::status_flags_t{}).state == lt::torrent_status::finished; }

  std::shared_ptr<torrent_stream> m_stream;
  std::unique_ptr<byte_source> m_reader;
};

} // namespace

TEST_F(ExportOfAStream, KeepsWhatWasWatchedAndCanHaveTheRestLater) {
  boost::system::error_code ec;
  ASSERT_EQ(read(0, 2 * MiB + 5, ec), 2 * MiB + 5);
  ASSERT_TRUE(m_session.wait_until([&] { return is_finished(); }));

  ASSERT_EQ(m_session.export_to(m_torrent, m_place).error, boost::system::error_code());
  ASSERT_TRUE(m_session.wait_until([&] { return is_finished(); }));
  auto const pieces = m_torrent.status(lt::torrent_handle::query_pieces).pieces;
  for (int p = 0; p < 9; ++p) EXPECT_TRUE(pieces[lt::piece_index_t(p)]) << p;
  EXPECT_FALSE(pieces[lt::piece_index_t(9)]) << "the second file was not watched";
  EXPECT_EQ(content_of(m_place / "film/film-0.mkv"), content_of(m_film.folder() / "film/film-0.mkv"));
  EXPECT_FALSE(std::filesystem::exists(m_place / "film/film-1.mkv"));

  m_torrent.prioritize_files(
      std::vector<lt::download_priority_t>(static_cast<std::size_t>(m_film.info()->num_files()), lt::default_priority));
  m_torrent.connect_peer(m_seed.endpoint());
  ASSERT_TRUE(comes_whole(m_session, m_torrent));
  for (char const* const name : {"film/film-0.mkv", "film/film-1.mkv", "film/film-3.mkv"})
    EXPECT_EQ(content_of(m_place / name), content_of(m_film.folder() / name)) << name;
}

TEST_F(ExportOfAStream, EndsIt) {
  boost::system::error_code ec;
  ASSERT_EQ(read(0, 2 * MiB + 5, ec), 2 * MiB + 5);
  ASSERT_TRUE(m_session.wait_until([&] { return is_finished(); }));
  ASSERT_FALSE(m_session.export_to(m_torrent, m_place).error);
  EXPECT_EQ(read(0, 1, ec), 0);
  EXPECT_EQ(ec, errc::moved_to_files);
  EXPECT_EQ(torrent_stream::create(m_torrent, m_session.disk.memory(), ec), nullptr);
  EXPECT_EQ(ec, errc::not_in_memory);
}

} // namespace memtorrent::test
