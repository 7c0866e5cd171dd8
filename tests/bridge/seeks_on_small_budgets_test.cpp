#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// A viewer who cannot sit still, with little memory: pieces go whole and in part, with blocks of them still owed, and
// come again. scripts/invariants runs this with a libtorrent that checks its own accounts all the while.

namespace memtorrent::test {

namespace {

class SeeksOnSmallBudgets : public testing::TestWithParam<int> {
 protected:
  /// Two pieces fit into the smallest budget.
  film const m_film{{.size_bytes = 12 * MiB, .piece_length_bytes = 64 * KiB}};
  swarm m_swarm;
};

} // namespace

TEST_P(SeeksOnSmallBudgets, PlayRightBytesAndLoseNoPeer) {
  constexpr int seeds = 3;
  for (int i = 0; i < seeds; ++i) m_swarm.seed(m_film);
  auto const player = m_swarm.play(m_film, GetParam());
  auto const reader = player->open();
  std::mt19937 random(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  std::uniform_int_distribution<std::int64_t> anywhere(0, m_film.size_bytes() - 1);
  std::uniform_int_distribution<std::int64_t> bytes(1, 4 * m_film.piece_length_bytes());
  std::int64_t position = 0;
  for (int move = 0; move < 40; ++move) {
    auto const length = std::min(bytes(random), m_film.size_bytes() - position);
    ASSERT_EQ(player->read_and_compare(*reader, position, length), "") << "after " << move << " moves";
    bool const is_rewind = move % 3 == 2;
    position = is_rewind ? std::max<std::int64_t>(position - bytes(random), 0) : anywhere(random);
  }
  auto const stats = player->disk.stats();
  EXPECT_GT(stats.complete_pieces_evicted, 0);
  EXPECT_LE(stats.peak_bytes, GetParam());
  EXPECT_EQ(player->problems(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Budgets, SeeksOnSmallBudgets, testing::Values(128 * KiB, 512 * KiB, MiB, 2 * MiB, 6 * MiB),
                         [](auto const& budget) { return std::to_string(budget.param / KiB) + "KiB"; });

} // namespace memtorrent::test
