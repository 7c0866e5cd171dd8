#include "http/date.hpp"

#include <gtest/gtest.h>

namespace memtorrent::http {
namespace {

TEST(ImfFixdate, IsWrittenLikeTheExampleOfTheRfc) {
  EXPECT_EQ(imf_fixdate(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ImfFixdate, FillsSmallNumbersWithZeros) { EXPECT_EQ(imf_fixdate(0), "Thu, 01 Jan 1970 00:00:00 GMT"); }

} // namespace
} // namespace memtorrent::http
