#include "session/budget_check.hpp"

#include "support/film.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace memtorrent::session {
namespace {

using test::MiB;

test::film::options of(std::int64_t size_bytes, int piece_length_bytes) {
  test::film::options options;
  options.size_bytes = size_bytes;
  options.piece_length_bytes = piece_length_bytes;
  return options;
}

TEST(BudgetCheck, TakesTwoPieces) {
  test::film const film(of(8 * MiB, MiB));
  EXPECT_NO_THROW(check_budget(*film.info(), 2 * MiB));
}

TEST(BudgetCheck, SaysWhichBudgetWouldDo) {
  test::film const film(of(8 * MiB, MiB));
  try {
    check_budget(*film.info(), 2 * MiB - 1);
    FAIL() << "nothing was thrown";
  } catch (std::runtime_error const& error) {
    EXPECT_NE(std::string(error.what()).find("--budget 2MiB would do"), std::string::npos) << error.what();
  }
}

TEST(BudgetCheck, TakesAllOfASmallTorrent) {
  test::film const film(of(20'000, MiB));
  EXPECT_NO_THROW(check_budget(*film.info(), 2 * 16 * 1024));
  EXPECT_THROW(check_budget(*film.info(), 20'000), std::runtime_error);
}

} // namespace
} // namespace memtorrent::session
