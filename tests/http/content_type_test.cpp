#include "http/content_type.hpp"

#include <gtest/gtest.h>

namespace memtorrent::http {
namespace {

TEST(ContentType, KnowsWhatTorrentsHold) {
  EXPECT_EQ(content_type("film.mp4"), "video/mp4");
  EXPECT_EQ(content_type("film.mkv"), "video/x-matroska");
  EXPECT_EQ(content_type("film.webm"), "video/webm");
  EXPECT_EQ(content_type("film.avi"), "video/x-msvideo");
  EXPECT_EQ(content_type("00001.m2ts"), "video/mp2t");
  EXPECT_EQ(content_type("song.flac"), "audio/flac");
  EXPECT_EQ(content_type("film.en.srt"), "application/x-subrip");
  EXPECT_EQ(content_type("cover.jpg"), "image/jpeg");
  EXPECT_EQ(content_type("read me.nfo"), "text/plain");
}

TEST(ContentType, IgnoresTheCaseOfAnExtension) {
  EXPECT_EQ(content_type("FILM.MKV"), "video/x-matroska");
  EXPECT_EQ(content_type("film.Mp4"), "video/mp4");
}

TEST(ContentType, LooksAtTheLastExtensionOnly) {
  EXPECT_EQ(content_type("film.mkv.part"), "application/octet-stream");
  EXPECT_EQ(content_type("film.part.mkv"), "video/x-matroska");
}

TEST(ContentType, TakesWhatItDoesNotKnowForBytes) {
  EXPECT_EQ(content_type(""), "application/octet-stream");
  EXPECT_EQ(content_type("."), "application/octet-stream");
  EXPECT_EQ(content_type("mkv"), "application/octet-stream");
  EXPECT_EQ(content_type("film."), "application/octet-stream");
  EXPECT_EQ(content_type("film.mk"), "application/octet-stream");
  EXPECT_EQ(content_type("film.mkvx"), "application/octet-stream");
}

TEST(ContentType, NeverIsOneThatABrowserRuns) {
  EXPECT_EQ(content_type("page.html"), "application/octet-stream");
  EXPECT_EQ(content_type("picture.svg"), "application/octet-stream");
}

} // namespace
} // namespace memtorrent::http
