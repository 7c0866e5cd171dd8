#include "http/target.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace memtorrent::http {

void PrintTo(stream_target const& target, std::ostream* out) {
  *out << target.info_hash_hex << ' ' << target.file_index << " \"" << target.name << '"';
}

namespace {

using parsed = std::variant<stream_target, target_error>;

std::string const v1_hash = "0123456789abcdef0123456789abcdef01234567";
std::string const v2_hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
parsed const malformed = target_error::malformed;
parsed const not_a_stream = target_error::not_a_stream;

parsed stream(std::string const& hash, int index, std::string const& name) { return stream_target{hash, index, name}; }

TEST(StreamTarget, IsHashIndexAndName) {
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0/film.mkv"), stream(v1_hash, 0, "film.mkv"));
  EXPECT_EQ(parse_stream_target("/stream/" + v2_hash + "/12/film.mkv"), stream(v2_hash, 12, "film.mkv"));
}

TEST(StreamTarget, MayLackItsName) {
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/7"), stream(v1_hash, 7, ""));
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/7/"), stream(v1_hash, 7, ""));
}

TEST(StreamTarget, TakesAHashInAnyCase) {
  EXPECT_EQ(parse_stream_target("/stream/0123456789ABCDEF0123456789abcdef01234567/0/"), stream(v1_hash, 0, ""));
}

TEST(StreamTarget, DecodesItsName) {
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0/a%20film%3F%2f%C3%A9.mkv"),
            stream(v1_hash, 0, "a film?/\xC3\xA9.mkv"));
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0/a+film"), stream(v1_hash, 0, "a+film"));
}

TEST(StreamTarget, DecodesItsHashAndIndexToo) {
  EXPECT_EQ(parse_stream_target("/stream/%30" + v1_hash.substr(1) + "/%31/"), stream(v1_hash, 1, ""));
}

TEST(StreamTarget, KeepsFurtherSlashesInTheName) {
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0/season/film.mkv"), stream(v1_hash, 0, "season/film.mkv"));
}

TEST(StreamTarget, DropsTheQuery) {
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0/film.mkv?a=/b%zz"), stream(v1_hash, 0, "film.mkv"));
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0?x"), stream(v1_hash, 0, ""));
}

TEST(StreamTarget, MayBeAWholeAddress) {
  EXPECT_EQ(parse_stream_target("http://box:8080/stream/" + v1_hash + "/0/f"), stream(v1_hash, 0, "f"));
  EXPECT_EQ(parse_stream_target("HTTP://box/stream/" + v1_hash + "/0/f"), stream(v1_hash, 0, "f"));
  EXPECT_EQ(parse_stream_target("http://box"), not_a_stream);
  EXPECT_EQ(parse_stream_target("http://box?/stream/" + v1_hash + "/0"), not_a_stream);
}

TEST(StreamTarget, IsMalformedWithABrokenEscape) {
  for (auto const* end : {"%", "%4", "%zz", "%4g", "a%2"}) {
    EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/0/" + end), malformed) << end;
  }
  EXPECT_EQ(parse_stream_target("/elsewhere/%"), malformed);
}

TEST(StreamTarget, IsMalformedWithoutAPath) {
  EXPECT_EQ(parse_stream_target(""), malformed);
  EXPECT_EQ(parse_stream_target("*"), malformed);
  EXPECT_EQ(parse_stream_target("?a"), malformed);
  EXPECT_EQ(parse_stream_target("stream/" + v1_hash + "/0"), malformed);
}

TEST(StreamTarget, IsNoStreamElsewhere) {
  for (auto const* path : {"/", "/stream", "/stream/", "/streams/", "/Stream/", "//stream/"}) {
    EXPECT_EQ(parse_stream_target(path), not_a_stream) << path;
  }
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash), not_a_stream);
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/"), not_a_stream);
}

TEST(StreamTarget, IsNoStreamWithABadHash) {
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash.substr(1) + "/0/"), not_a_stream);
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "0/0/"), not_a_stream);
  EXPECT_EQ(parse_stream_target("/stream/g" + v1_hash.substr(1) + "/0/"), not_a_stream);
}

TEST(StreamTarget, IsNoStreamWithABadIndex) {
  for (auto const* index : {"-1", "-0", "+1", "1a", "a", "2147483648", "99999999999999999999", "%20", "1.0", "0x1"}) {
    EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + '/' + index + "/f"), not_a_stream) << index;
  }
  EXPECT_EQ(parse_stream_target("/stream/" + v1_hash + "/2147483647/f"), stream(v1_hash, 2147483647, "f"));
}

TEST(StreamPath, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(stream_path(v1_hash, 3, "a film #1 (50%?)/caf\xC3\xA9.mkv"),
            "/stream/" + v1_hash + "/3/a%20film%20%231%20%2850%25%3F%29%2Fcaf%C3%A9.mkv");
  EXPECT_EQ(stream_path(v1_hash, 3, "Az09-._~"), "/stream/" + v1_hash + "/3/Az09-._~");
}

TEST(StreamPath, MayLackTheName) { EXPECT_EQ(stream_path(v1_hash, 3, ""), "/stream/" + v1_hash + "/3"); }

TEST(StreamPath, IsReadBackByteByByte) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  EXPECT_EQ(parse_stream_target(stream_path(v2_hash, 5, every_byte)), stream(v2_hash, 5, every_byte));
}

} // namespace
} // namespace memtorrent::http
