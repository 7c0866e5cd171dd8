#include "session/byte_size.hpp"

#include "session/value_error.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace memtorrent::session {
namespace {

using test::MiB;

std::string complaint_about_size(std::string const& text) {
  try {
    parse_byte_size(text);
  } catch (value_error const& error) {
    return error.what();
  }
  return {};
}

TEST(ByteSize, ReadsUnitsOfTwoAndOfTen) {
  EXPECT_EQ(parse_byte_size("64MiB"), 64 * MiB);
  EXPECT_EQ(parse_byte_size("64M"), 64 * MiB);
  EXPECT_EQ(parse_byte_size("64MB"), 64'000'000);
  EXPECT_EQ(parse_byte_size("1.5GiB"), 1536 * MiB);
  EXPECT_EQ(parse_byte_size("512k"), 512 * 1024);
  EXPECT_EQ(parse_byte_size("2TiB"), std::int64_t{2} * MiB * MiB);
}

TEST(ByteSize, ReadsPlainBytes) {
  EXPECT_EQ(parse_byte_size("67108864"), 64 * MiB);
  EXPECT_EQ(parse_byte_size("1"), 1);
  EXPECT_EQ(parse_byte_size("7B"), 7);
}

TEST(ByteSize, IgnoresCaseAndOneSpace) {
  EXPECT_EQ(parse_byte_size("64mib"), 64 * MiB);
  EXPECT_EQ(parse_byte_size("64 MiB"), 64 * MiB);
}

TEST(ByteSize, NamesAnUnknownUnitAndSaysWhatIsAccepted) {
  auto const sentence = complaint_about_size("64Foo");
  EXPECT_NE(sentence.find("'Foo'"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("64MiB, 64M, 64MB, 1.5GiB"), std::string::npos) << sentence;
}

TEST(ByteSize, RefusesWhatIsNoSize) {
  for (auto const* text : {"", "MiB", "-1", "+1", "inf", "nan", "0", "0.2", "1e3", "0x10", "1MiB ", "1 2", "1..5M",
                           "99999999999999999999", "1e400", "9999999999TiB"}) {
    EXPECT_FALSE(complaint_about_size(text).empty()) << text;
  }
}

TEST(ByteSize, IsReadable) {
  EXPECT_EQ(readable_size(0), "0 bytes");
  EXPECT_EQ(readable_size(1023), "1023 bytes");
  EXPECT_EQ(readable_size(1536), "1.5 KiB");
  EXPECT_EQ(readable_size(64 * MiB), "64.0 MiB");
  EXPECT_EQ(readable_size(std::int64_t{5} * MiB * 1024), "5.0 GiB");
}

TEST(ByteSize, SuggestsASizeThatIsReadBackAndIsEnough) {
  EXPECT_EQ(byte_size_argument(8 * MiB), "8MiB");
  EXPECT_EQ(byte_size_argument(8 * MiB + 1), "9MiB");
  EXPECT_EQ(byte_size_argument(32 * 1024), "32KiB");
  for (int const bytes : {1, 1025, MiB - 1, MiB, 3 * MiB + 5}) {
    EXPECT_GE(parse_byte_size(byte_size_argument(bytes)), bytes);
  }
}

} // namespace
} // namespace memtorrent::session
