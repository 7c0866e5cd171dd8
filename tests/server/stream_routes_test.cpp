#include "server/stream_routes.hpp"

#include "memtorrent/error.hpp"
#include "session/info_hash_text.hpp"
#include "support/fake_stream.hpp"
#include "support/film.hpp"

#include <gtest/gtest.h>

namespace memtorrent::server {
namespace {

test::film::options two_files() {
  test::film::options options;
  options.size_bytes = 100'000;
  options.more_files_bytes = {50'000};
  return options;
}

struct one_film {
  one_film() : film(two_files()) { catalog.publish(film.info(), std::make_shared<test::fake_stream>()); }

  test::film film;
  std::string hash = session::info_hash_text(film.info()->info_hashes());
  session::stream_catalog catalog;
};

boost::asio::ip::tcp::endpoint at(char const* address) { return {boost::asio::ip::make_address(address), 8090}; }

TEST(StreamRoutes, FindWhatTheCatalogHas) {
  one_film f;
  auto const lookup = find_in(f.catalog);
  auto const found = lookup(f.hash, 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "film-1.mkv");
  EXPECT_EQ(found->size_bytes, 50'000);
  EXPECT_EQ(found->etag, f.hash + "-1");
  EXPECT_FALSE(lookup(f.hash, 2));
  EXPECT_FALSE(lookup(std::string(40, '0'), 0));
  f.catalog.clear();
  EXPECT_FALSE(lookup(f.hash, 1));
}

TEST(StreamRoutes, OpenReadersThatAreCounted) {
  one_film const f;
  auto const lookup = find_in(f.catalog);
  boost::system::error_code ec;
  auto const reader = lookup(f.hash, 0)->open(ec);
  EXPECT_TRUE(reader);
  EXPECT_EQ(f.catalog.open_readers(), 1);
  EXPECT_FALSE(lookup(f.hash, 1)->open(ec));
  EXPECT_EQ(ec, make_error_code(errc::torrent_removed));
}

TEST(StreamRoutes, SayWhereAPlayerFindsAFile) {
  one_film const f;
  auto const info = f.film.info();
  EXPECT_EQ(stream_url(at("127.0.0.1"), *info, lt::file_index_t(1)),
            "http://127.0.0.1:8090/stream/" + f.hash + "/1/film-1.mkv");
  EXPECT_EQ(stream_url(at("::1"), *info, lt::file_index_t(0)), "http://[::1]:8090/stream/" + f.hash + "/0/film-0.mkv");
  EXPECT_EQ(stream_url(at("0.0.0.0"), *info, lt::file_index_t(0)).find("0.0.0.0"), std::string::npos);
}

} // namespace
} // namespace memtorrent::server
