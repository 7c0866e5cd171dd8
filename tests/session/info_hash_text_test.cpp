#include "session/info_hash_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace memtorrent::session {
namespace {

lt::sha1_hash sha1_of(char byte) { return lt::sha1_hash(std::string(20, byte).c_str()); }

lt::sha256_hash sha256_of(char byte) { return lt::sha256_hash(std::string(32, byte).c_str()); }

std::string digits(int bytes, char const* byte) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += byte;
  return text;
}

TEST(InfoHashText, IsHexadecimal) {
  EXPECT_EQ(info_hash_text(lt::info_hash_t(sha1_of('\xab'))), digits(20, "ab"));
  EXPECT_EQ(info_hash_text(lt::info_hash_t(sha256_of('\x0f'))), digits(20, "0f")) << "the first part of it";
}

TEST(InfoHashText, NamesAllByWhichATorrentIsAskedFor) {
  auto const texts = info_hash_texts(lt::info_hash_t(sha1_of('\x11'), sha256_of('\x22')));
  EXPECT_EQ(texts.front(), digits(20, "22"));
  for (auto const& one : {digits(20, "11"), digits(20, "22"), digits(32, "22")})
    EXPECT_EQ(std::count(texts.begin(), texts.end(), one), 1) << one;
}

} // namespace
} // namespace memtorrent::session
