#include "precondition.hpp"

#include <gtest/gtest.h>

namespace {

TEST(PreconditionDeathTest, OneThatHoldsDoesNothing) {
  int const answer = 42;
  MEMTORRENT_REQUIRE(answer == 42);
}

#ifdef NDEBUG

TEST(PreconditionDeathTest, IsNotEvaluatedInAReleaseBuild) {
  int evaluated = 0;
  MEMTORRENT_REQUIRE(++evaluated < 0);
  EXPECT_EQ(evaluated, 0);
}

#else

TEST(PreconditionDeathTest, OneThatIsBrokenSaysWhichAndWhereAndAborts) {
  int const answer = 41;
  EXPECT_DEATH(MEMTORRENT_REQUIRE(answer == 42),
               "broken precondition: answer == 42 \\(.*precondition_test\\.cpp:[0-9]+\\)");
}

#endif

} // namespace
