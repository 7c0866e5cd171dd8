#include "session/stream_catalog.hpp"

#include "session/info_hash_text.hpp"
#include "support/fake_stream.hpp"
#include "support/film.hpp"

#include <gtest/gtest.h>

namespace memtorrent::session {
namespace {

using test::fake_stream;

test::film::options with_pads(test::torrent_version version) {
  test::film::options options;
  options.size_bytes = 100'000;
  options.piece_length_bytes = 64 * 1024;
  options.version = version;
  options.more_files_bytes = {50'000};
  return options;
}

// A film of two files, and a pad file between them; published.
struct one_film {
  one_film() : film(with_pads(test::torrent_version::hybrid)) {
    catalog.publish(film.info(), std::make_shared<fake_stream>());
  }

  test::film film;
  std::string best = info_hash_text(film.info()->info_hashes());
  stream_catalog catalog;
};

TEST(StreamCatalog, IsEmptyAtFirst) {
  stream_catalog const catalog;
  EXPECT_FALSE(catalog.find(std::string(40, '0'), 0));
}

TEST(StreamCatalog, FindsAFileByEachInfoHash) {
  one_film const f;
  auto const hashes = info_hash_texts(f.film.info()->info_hashes());
  EXPECT_EQ(hashes.size(), 3U);
  for (auto const& hash : hashes) {
    auto const found = f.catalog.find(hash, 0);
    ASSERT_TRUE(found) << hash;
    EXPECT_EQ(found->name(), "film-0.mkv");
    EXPECT_EQ(found->size_bytes(), 100'000);
    EXPECT_EQ(found->info->info_hashes(), f.film.info()->info_hashes());
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

TEST(StreamCatalog, CountsOpenReaders) {
  one_film f;
  auto const found = f.catalog.find(f.best, 0);
  EXPECT_EQ(f.catalog.open_readers(), 0);
  boost::system::error_code ec;
  auto one = found->open(ec);
  auto const two = found->open(ec);
  EXPECT_EQ(f.catalog.open_readers(), 2);
  one.reset();
  EXPECT_EQ(f.catalog.open_readers(), 1);
  f.catalog.clear();
  EXPECT_EQ(f.catalog.open_readers(), 1) << "goes on";
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

TEST(StreamCatalog, OffersNoMoreWhatIsWithdrawn) {
  one_film f;
  auto other = with_pads(test::torrent_version::v1);
  other.seed = 2;
  test::film const second(other);
  f.catalog.publish(second.info(), std::make_shared<fake_stream>());
  f.catalog.withdraw(*f.film.info());
  EXPECT_FALSE(f.catalog.find(f.best, 0));
  EXPECT_TRUE(f.catalog.find(info_hash_text(second.info()->info_hashes()), 0));
  f.catalog.withdraw(*f.film.info());
  EXPECT_TRUE(f.catalog.find(info_hash_text(second.info()->info_hashes()), 0));
}

TEST(StreamCatalog, OffersNothingOnceCleared) {
  one_film f;
  f.catalog.clear();
  EXPECT_FALSE(f.catalog.find(f.best, 0));
}

} // namespace
} // namespace memtorrent::session
