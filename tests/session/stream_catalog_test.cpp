#include "session/stream_catalog.hpp"

#include "support/film.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace memtorrent::session {
namespace {

class empty_source final : public byte_source {
 public:
  [[nodiscard]] std::int64_t size_bytes() const noexcept override { return 0; }
  void async_read(std::int64_t, std::int64_t, read_handler handler) override { handler({}, {}); }
  void cancel() override {}
};

class fake_stream final : public torrent_stream {
 public:
  std::unique_ptr<byte_source> open(lt::file_index_t file, boost::system::error_code& ec) override {
    if (file == lt::file_index_t(0)) return std::make_unique<empty_source>();
    ec = errc::torrent_removed;
    return nullptr;
  }
  std::unique_ptr<memtorrent::preload> preload(lt::file_index_t, std::int64_t, boost::system::error_code&) override {
    return nullptr;
  }
  void set_duration(lt::file_index_t, std::chrono::milliseconds, boost::system::error_code&) override {}
  [[nodiscard]] std::vector<reader_status> status() const override { return {}; }
  [[nodiscard]] std::int64_t buffered_bytes() const override { return 0; }
};

test::film::options with_pads(test::torrent_version version) {
  test::film::options options;
  options.size_bytes = 100'000;
  options.piece_length_bytes = 64 * 1024;
  options.version = version;
  options.more_files_bytes = {50'000};
  return options;
}

template <typename Hash>
std::string hex(Hash const& hash) {
  std::ostringstream text;
  text << hash;
  return text.str();
}

// A film of two files, and a pad file between them; published.
struct one_film {
  one_film() : film(with_pads(test::torrent_version::hybrid)) {
    catalog.publish(film.info(), std::make_shared<fake_stream>());
  }

  test::film film;
  std::string best = hex(film.info()->info_hashes().get_best());
  stream_catalog catalog;
};

TEST(StreamCatalog, IsEmptyAtFirst) {
  stream_catalog const catalog;
  EXPECT_FALSE(catalog.find(std::string(40, '0'), 0));
}

TEST(StreamCatalog, FindsAFileByEachInfoHash) {
  one_film const f;
  auto const hashes = f.film.info()->info_hashes();
  for (auto const& hash : {f.best, hex(hashes.v1), hex(hashes.v2)}) {
    auto const found = f.catalog.find(hash, 0);
    ASSERT_TRUE(found) << hash;
    EXPECT_EQ(found->name, "film-0.mkv");
    EXPECT_EQ(found->size_bytes, 100'000);
    EXPECT_EQ(found->etag, f.best + "-0");
  }
  EXPECT_FALSE(f.catalog.find(std::string(40, '0'), 0));
}

TEST(StreamCatalog, FindsNoPadFilesAndNoOthers) {
  one_film const f;
  auto const info = f.film.info();
  auto const& files = info->files();
  int found = 0;
  for (int i = 0; i < files.num_files(); ++i) {
    EXPECT_EQ(f.catalog.find(f.best, i).has_value(), !files.pad_file_at(lt::file_index_t(i))) << i;
    found += f.catalog.find(f.best, i) ? 1 : 0;
  }
  EXPECT_EQ(found, 2);
  EXPECT_LT(found, files.num_files());
  EXPECT_FALSE(f.catalog.find(f.best, files.num_files()));
  EXPECT_FALSE(f.catalog.find(f.best, -1));
}

TEST(StreamCatalog, TellsWhereAFileIs) {
  one_film const f;
  EXPECT_EQ(stream_catalog::path_of(*f.film.info(), lt::file_index_t(0)), "/stream/" + f.best + "/0/film-0.mkv");
  EXPECT_EQ(f.best.size(), 40U);
}

TEST(StreamCatalog, CountsOpenReaders) {
  one_film const f;
  auto const found = f.catalog.find(f.best, 0);
  EXPECT_EQ(f.catalog.open_readers(), 0);
  boost::system::error_code ec;
  auto one = found->open(ec);
  auto const two = found->open(ec);
  EXPECT_EQ(f.catalog.open_readers(), 2);
  one.reset();
  EXPECT_EQ(f.catalog.open_readers(), 1);
}

TEST(StreamCatalog, PassesTheReasonOnWhenAFileCannotBeOpened) {
  one_film const f;
  auto const last = f.film.info()->files().num_files() - 1;
  auto const which = f.catalog.find(f.best, last) ? last : last - 1;
  boost::system::error_code ec;
  EXPECT_FALSE(f.catalog.find(f.best, which)->open(ec));
  EXPECT_EQ(ec, make_error_code(errc::torrent_removed));
  EXPECT_EQ(f.catalog.open_readers(), 0);
}

TEST(StreamCatalog, OffersNothingOnceCleared) {
  one_film f;
  f.catalog.clear();
  EXPECT_FALSE(f.catalog.find(f.best, 0));
}

} // namespace
} // namespace memtorrent::session
