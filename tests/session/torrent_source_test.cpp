#include "session/torrent_source.hpp"

#include "support/film.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace memtorrent::session {
namespace {

template <typename Read>
std::string complaint_of(Read read) {
  try {
    read();
  } catch (std::runtime_error const& error) {
    return error.what();
  }
  return {};
}

std::filesystem::path write_file(std::filesystem::path const& folder, std::string const& content) {
  auto path = folder / "some.torrent";
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(TorrentSource, IsToldByHowItBegins) {
  EXPECT_EQ(kind_of_source("magnet:?xt=urn:btih:00"), source_kind::magnet);
  EXPECT_EQ(kind_of_source("MAGNET:?xt=urn:btih:00"), source_kind::magnet);
  EXPECT_EQ(kind_of_source("http://example.org/a"), source_kind::url);
  EXPECT_EQ(kind_of_source("HTTPS://example.org/a"), source_kind::url);
  EXPECT_EQ(kind_of_source("http.torrent"), source_kind::path);
  EXPECT_EQ(kind_of_source("/tmp/a.torrent"), source_kind::path);
}

TEST(TorrentSource, ReadsAFile) {
  test::film const film({});
  EXPECT_EQ(torrent_of_file(film.write_torrent()).ti->info_hashes(), film.info()->info_hashes());
}

TEST(TorrentSource, ReadsAPipe) {
  test::film const film({});
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  auto const& encoded = film.torrent_file();
  ASSERT_EQ(write(ends[1], encoded.data(), encoded.size()), static_cast<ssize_t>(encoded.size()));
  close(ends[1]);
  auto const params = torrent_of_file("/dev/fd/" + std::to_string(ends[0]));
  close(ends[0]);
  EXPECT_EQ(params.ti->info_hashes(), film.info()->info_hashes());
}

TEST(TorrentSource, ReadsAMagnetLink) {
  auto const params = torrent_of_magnet("magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=film");
  EXPECT_TRUE(params.info_hashes.has_v1());
  EXPECT_EQ(params.name, "film");
}

TEST(TorrentSource, SaysWhyAFileCannotBeRead) {
  auto const missing = complaint_of([] { torrent_of_file("/nonexistent/a.torrent"); });
  EXPECT_NE(missing.find("'/nonexistent/a.torrent': No such file"), std::string::npos) << missing;
  auto const folder = complaint_of([] { torrent_of_file("/"); });
  EXPECT_NE(folder.find("Is a directory"), std::string::npos) << folder;
}

TEST(TorrentSource, RefusesWhatIsNoTorrent) {
  test::film const film({});
  auto const& encoded = film.torrent_file();
  for (auto const& content : {std::string(), std::string("<html>not found</html>"), std::string("de"),
                              std::string("d4:infoi1ee"), encoded.substr(0, encoded.size() / 2)}) {
    auto const path = write_file(film.folder(), content);
    auto const complaint = complaint_of([&] { torrent_of_file(path.string()); });
    EXPECT_NE(complaint.find("is not a .torrent file"), std::string::npos) << complaint;
  }
}

TEST(TorrentSource, RefusesAFileThatIsTooLarge) {
  test::film const film({});
  auto const path = write_file(film.folder(), "");
  std::filesystem::resize_file(path, max_torrent_file_bytes + 1);
  auto const complaint = complaint_of([&] { torrent_of_file(path.string()); });
  EXPECT_NE(complaint.find("more than 16.0 MiB"), std::string::npos) << complaint;
}

TEST(TorrentSource, RefusesABadMagnetLink) {
  for (auto const* uri :
       {"magnet:", "magnet:?", "magnet:?dn=film", "magnet:?xt=urn:btih:", "magnet:?xt=urn:btih:xyz"}) {
    auto const complaint = complaint_of([&] { torrent_of_magnet(uri); });
    EXPECT_NE(complaint.find("magnet link"), std::string::npos) << uri;
  }
}

} // namespace
} // namespace memtorrent::session
