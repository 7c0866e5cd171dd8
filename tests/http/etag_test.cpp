#include "http/etag.hpp"

#include <gtest/gtest.h>

namespace memtorrent::http {
namespace {

bool lists_strongly(std::string_view value) { return lists_etag(value, "abc", etag_comparison::strong); }
bool lists_weakly(std::string_view value) { return lists_etag(value, "abc", etag_comparison::weak); }

TEST(Etag, IsQuoted) { EXPECT_EQ(quoted_etag("abc"), "\"abc\""); }

TEST(Etag, IsFoundAloneAndInAList) {
  EXPECT_TRUE(lists_strongly(R"("abc")"));
  EXPECT_TRUE(lists_strongly(R"( "x" ,	"abc")"));
  EXPECT_TRUE(lists_strongly(R"("abc","x")"));
  EXPECT_TRUE(lists_strongly(R"(,, "abc",)"));
}

TEST(Etag, IsListedByAnAsterisk) {
  EXPECT_TRUE(lists_strongly("*"));
  EXPECT_TRUE(lists_weakly(" * "));
}

TEST(Etag, MayHoldACommaOfItsOwn) {
  EXPECT_FALSE(lists_strongly(R"("x,"abc"")"));
  EXPECT_TRUE(lists_strongly(R"("x, y", "abc")"));
}

TEST(Etag, EqualsAWeakOneByWeakComparisonOnly) {
  EXPECT_TRUE(lists_weakly(R"(W/"abc")"));
  EXPECT_FALSE(lists_strongly(R"(W/"abc")"));
  EXPECT_TRUE(lists_strongly(R"(W/"abc", "abc")"));
}

TEST(Etag, IsNotFoundInAnythingElse) {
  for (auto const* value :
       {"", " ", ",", "abc", "\"abc", "\"", "W/", "w/\"abc\"", "\"ABC\"", "\"\"", "\"abcd\"", "**"}) {
    EXPECT_FALSE(lists_weakly(value)) << value;
  }
}

TEST(IfRange, HoldsForTheSameStrongTag) {
  EXPECT_TRUE(if_range_holds(R"("abc")", "abc"));
  EXPECT_TRUE(if_range_holds(R"(  "abc" )", "abc"));
}

TEST(IfRange, DoesNotHoldForAnotherOrAWeakTagOrADate) {
  EXPECT_FALSE(if_range_holds(R"("abd")", "abc"));
  EXPECT_FALSE(if_range_holds(R"(W/"abc")", "abc"));
  EXPECT_FALSE(if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", "abc"));
  EXPECT_FALSE(if_range_holds(R"("abc", "abc")", "abc"));
  EXPECT_FALSE(if_range_holds("", "abc"));
}

} // namespace
} // namespace memtorrent::http
