#include "support/hybrid_session.hpp"
#include "support/short_names.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/magnet_uri.hpp>

#include <ostream>
#include <string>
#include <vector>

// Real sessions that keep torrents in RAM and in files. Moving one from the one to the other: export_test.

namespace memtorrent::test {

TEST(HybridSession, KeepsEachTorrentWhereItsMarkSays) {
  film const one({.size_bytes = 2 * MiB, .seed = 1}), other({.size_bytes = 3 * MiB, .seed = 2});
  swarm s;
  auto& seed_of_one = s.seed(one);
  auto& seed_of_other = s.seed(other);
  temporary_folder const ram_folder, files_folder;
  torrent_placement in_ram{.where = place::memory}, in_files{.where = place::files};
  hybrid_session session;
  auto const ram = session.add(one, ram_folder.path(), &in_ram);
  auto const files = session.add(other, files_folder.path(), &in_files);
  ASSERT_TRUE(session.download(ram, seed_of_one));
  ASSERT_TRUE(session.download(files, seed_of_other));

  EXPECT_TRUE(session.disk.is_in_memory(ram));
  EXPECT_FALSE(session.disk.is_in_memory(files));
  EXPECT_EQ(files_below(ram_folder.path()), no_files);
  EXPECT_EQ(differences(other, files_folder.path()), "");
  EXPECT_GE(session.disk.memory().stats().used_bytes, 2 * MiB);
  EXPECT_LT(session.disk.memory().stats().used_bytes, 3 * MiB);

  session.session().remove_torrent(ram);
  EXPECT_TRUE(session.wait_until([&] { return session.disk.memory().stats().used_bytes == 0; }));
  EXPECT_EQ(leech_from(s, other, session), "");
}

TEST(HybridSession, AsksTheChooserForATorrentWithoutAMark) {
  film const one({.size_bytes = MiB, .seed = 1}), other({.size_bytes = MiB, .seed = 2}),
      third({.size_bytes = MiB, .seed = 3});
  temporary_folder const folder;
  std::vector<std::string> asked;
  hybrid_disk_config config;
  config.choose = [&](lt::storage_params const& params) {
    asked.push_back(std::filesystem::path(params.path).filename());
    return asked.back() == "kept" ? place::files : place::memory;
  };
  torrent_placement in_ram;
  hybrid_session session(config);
  auto const watched = session.add(one, folder.path() / "watched");
  auto const kept = session.add(other, folder.path() / "kept");
  auto const marked = session.add(third, folder.path() / "kept", &in_ram);
  EXPECT_TRUE(session.disk.is_in_memory(watched));
  EXPECT_FALSE(session.disk.is_in_memory(kept));
  EXPECT_TRUE(session.disk.is_in_memory(marked));
  EXPECT_EQ(asked, (std::vector<std::string>{"watched", "kept"}));
}

TEST(HybridSession, KeepsATorrentInRamWhenNobodySaysOtherwise) {
  film const f({.size_bytes = MiB});
  temporary_folder const folder;
  hybrid_session session;
  EXPECT_TRUE(session.disk.is_in_memory(session.add(f, folder.path())));
}

TEST(HybridSession, LeavesUserDataOfAnotherTypeAlone) {
  film const f({.size_bytes = MiB});
  temporary_folder const folder;
  hybrid_session session;
  int not_a_mark = 7;
  lt::add_torrent_params params;
  params.ti = f.info();
  params.save_path = folder.path().string();
  params.userdata = lt::client_data_t(&not_a_mark);
  auto const torrent = session.session().add_torrent(params);
  EXPECT_TRUE(session.disk.is_in_memory(torrent));
  EXPECT_EQ(torrent.userdata().get<int>(), &not_a_mark);
}

TEST(HybridSession, SendsAMagnetLinkToItsPlaceWhenItsMetadataComes) {
  film const f({.size_bytes = 2 * MiB});
  swarm s;
  auto& seed = s.seed(f);
  temporary_folder const folder;
  torrent_placement in_files{.where = place::files};
  hybrid_session session;
  auto params = lt::parse_magnet_uri(lt::make_magnet_uri(*f.info()));
  params.save_path = folder.path().string();
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  params.userdata = lt::client_data_t(&in_files);
  auto const torrent = session.session().add_torrent(params);
  ASSERT_TRUE(session.download(torrent, seed));
  EXPECT_FALSE(session.disk.is_in_memory(torrent));
  EXPECT_EQ(differences(f, folder.path()), "");
}

// ---- a torrent in files is libtorrent's alone: the same with a router in front and without ----

namespace {

struct named_disk {
  char const* name;
  lt::disk_io_constructor_type (*make)();
  friend void PrintTo(named_disk const& disk, std::ostream* out) { *out << disk.name; }
};

class TorrentInFiles : public testing::TestWithParam<named_disk> {
 protected:
  lt::torrent_handle add(lt::add_torrent_params params) {
    params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
    if (!params.ti) params.ti = m_film.info();
    if (params.save_path.empty()) params.save_path = m_folder.path().string();
    params.userdata = lt::client_data_t(&m_in_files);
    return m_session.session().add_torrent(std::move(params));
  }
  lt::torrent_handle add_and_download() {
    auto torrent = add({});
    torrent.connect_peer(m_seed.endpoint());
    EXPECT_TRUE(comes_whole(m_session, torrent));
    return torrent;
  }
  template <typename Alert>
  bool wait_for() {
    return m_session.wait_for([](lt::alert const& a) { return lt::alert_cast<Alert>(&a) != nullptr; });
  }
  std::string content(std::filesystem::path const& name) { return content_of(m_folder.path() / name); }

  film m_film{{.size_bytes = 2 * MiB + 5, .version = torrent_version::hybrid, .more_files_bytes = {MiB + 77}}};
  std::string const m_first = content_of(m_film.folder() / "film/film-0.mkv");
  std::string const m_second = content_of(m_film.folder() / "film/film-1.mkv");
  temporary_folder m_folder;
  swarm m_swarm;
  loopback_session& m_seed = m_swarm.seed(m_film);
  torrent_placement m_in_files{.where = place::files};
  loopback_session m_session{GetParam().make()};
};

named_disk const disks[] = {
    {"without_router", [] { return lt::disk_io_constructor_type(); }},
    {"with_router", [] { return lt::disk_io_constructor_type(hybrid_disk_constructor()); }},
};

} // namespace

INSTANTIATE_TEST_SUITE_P(, TorrentInFiles, testing::ValuesIn(disks),
                         [](auto const& disk) { return std::string(disk.param.name); });

TEST_P(TorrentInFiles, IsRenamed) {
  auto const torrent = add_and_download();
  torrent.rename_file(lt::file_index_t(0), "film/named/first.mkv");
  ASSERT_TRUE(wait_for<lt::file_renamed_alert>());
  EXPECT_EQ(content("film/named/first.mkv"), m_first);
  EXPECT_EQ(files_below(m_folder.path()), (std::vector<std::string>{"film/film-1.mkv", "film/named/first.mkv"}));
}

TEST_P(TorrentInFiles, IsMoved) {
  auto const torrent = add_and_download();
  torrent.move_storage((m_folder.path() / "elsewhere").string());
  ASSERT_TRUE(wait_for<lt::storage_moved_alert>());
  EXPECT_EQ(content("elsewhere/film/film-0.mkv"), m_first);
  EXPECT_EQ(content("elsewhere/film/film-1.mkv"), m_second);
  EXPECT_EQ(torrent.status(lt::torrent_handle::query_save_path).save_path, (m_folder.path() / "elsewhere").string());
}

TEST_P(TorrentInFiles, IsDeleted) {
  m_session.session().remove_torrent(add_and_download(), lt::session::delete_files);
  ASSERT_TRUE(wait_for<lt::torrent_deleted_alert>());
  EXPECT_EQ(files_below(m_folder.path()), no_files);
}

TEST_P(TorrentInFiles, IsFoundDamagedByACheck) {
  auto const torrent = add_and_download();
  std::filesystem::resize_file(m_folder.path() / "film/film-0.mkv", MiB);
  m_session.problems(); // so that what is waited for is news
  torrent.force_recheck();
  ASSERT_TRUE(wait_for<lt::torrent_checked_alert>());
  auto const status = torrent.status(lt::torrent_handle::query_pieces);
  EXPECT_TRUE(status.pieces[lt::piece_index_t(0)]);
  EXPECT_FALSE(status.pieces[lt::piece_index_t(7)]);
  EXPECT_TRUE(status.pieces[lt::piece_index_t(9)]) << "the first of the second file";
}

TEST_P(TorrentInFiles, IsResumedWithoutACheck) {
  auto torrent = add_and_download();
  torrent.save_resume_data(lt::torrent_handle::save_info_dict);
  lt::add_torrent_params resume;
  ASSERT_TRUE(m_session.wait_for([&](lt::alert const& alert) {
    auto const* const saved = lt::alert_cast<lt::save_resume_data_alert>(&alert);
    if (saved) resume = saved->params;
    return saved != nullptr;
  }));
  m_session.session().remove_torrent(torrent);
  ASSERT_TRUE(wait_for<lt::torrent_removed_alert>());

  torrent = add(std::move(resume));
  bool was_checked = false;
  ASSERT_TRUE(m_session.wait_for([&](lt::alert const& alert) {
    auto const* const changed = lt::alert_cast<lt::state_changed_alert>(&alert);
    was_checked |= changed && changed->state == lt::torrent_status::checking_files;
    return changed && changed->state == lt::torrent_status::seeding;
  }));
  EXPECT_FALSE(was_checked);
}

} // namespace memtorrent::test
