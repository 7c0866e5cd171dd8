#include "cache/budget_shares.hpp"

#include "cache/memory_account.hpp"
#include "support/layout.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

namespace memtorrent::test {

namespace {

constexpr std::int64_t none = memory_account::no_cap;
using shares = std::vector<std::int64_t>;

} // namespace

// ---- shares ----

TEST(BudgetShares, GiveAllToTheOnlyOneThatIsRead) {
  EXPECT_EQ(share_budget(100, {{1, none, 0}}), (shares{100}));
  EXPECT_EQ(share_budget(100, {{0, none, 0}, {1, none, 0}}), (shares{0, 100}));
}

TEST(BudgetShares, AreInProportionToReaders) {
  EXPECT_EQ(share_budget(90, {{1, none, 0}, {2, none, 0}}), (shares{30, 60}));
}

TEST(BudgetShares, LeaveToOthersWhatACapKeepsFromOne) {
  EXPECT_EQ(share_budget(100, {{1, 20, 0}, {1, none, 0}}), (shares{20, 80}));
}

TEST(BudgetShares, AreAtLeastWhatIsGuaranteed) {
  EXPECT_EQ(share_budget(100, {{1, none, 70}, {1, none, 0}, {1, none, 0}}), (shares{70, 15, 15}));
}

TEST(BudgetShares, LeaveWhatIsGuaranteedToATorrentThatNobodyReads) {
  EXPECT_EQ(share_budget(100, {{0, none, 40}, {1, none, 0}}), (shares{0, 60}));
}

TEST(BudgetShares, SettleCapsAndGuaranteesTogether) {
  EXPECT_EQ(share_budget(120, {{1, 10, 0}, {1, none, 80}, {1, none, 0}}), (shares{10, 80, 30}));
}

TEST(BudgetShares, NeverAddUpToMoreThanTheBudget) {
  std::mt19937 random(3);
  auto const up_to = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<share_claim> claims(static_cast<std::size_t>(1 + up_to(6)));
    std::int64_t unguaranteed = 1'000;
    for (auto& claim : claims) {
      claim.weight = up_to(4);
      claim.guarantee_bytes = up_to(2) ? up_to(static_cast<int>(unguaranteed) + 1) : 0;
      claim.cap_bytes = up_to(2) ? claim.guarantee_bytes + up_to(500) : none;
      unguaranteed -= claim.guarantee_bytes;
    }
    auto const result = share_budget(1'000, claims);
    EXPECT_LE(std::accumulate(result.begin(), result.end(), std::int64_t{0}), 1'000) << "round " << round;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      EXPECT_LE(result[i], claims[i].cap_bytes);
      if (claims[i].weight > 0) {
        EXPECT_GE(result[i], claims[i].guarantee_bytes) << "round " << round;
      }
    }
  }
}

// ---- pins ----

TEST(PinLimit, IsHalfOfTheShare) { EXPECT_EQ(pin_limit_bytes(64 << 20, 1 << 20), 32 << 20); }

TEST(PinLimit, LeavesTwoPiecesToTheWindow) {
  EXPECT_EQ(pin_limit_bytes(48 << 20, 16 << 20), 16 << 20);
  EXPECT_EQ(pin_limit_bytes(32 << 20, 16 << 20), 0);
  EXPECT_EQ(pin_limit_bytes(0, 16 << 20), 0);
}

TEST(PinnedPieces, AreThoseThatHoldTheRanges) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{200 * KiB}}));
  EXPECT_EQ(pieces_of(geometry, {{0, 1}, {60 * KiB, 70 * KiB}, {-5, 0}, {199 * KiB, 900 * KiB}}),
            (std::vector<piece_range>{{piece(0), piece(1)}, {piece(0), piece(2)}, {piece(3), piece(4)}}));
}

TEST(PinnedPieces, TakeWholeBlocks) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{200 * KiB}}));
  EXPECT_EQ(resident_bytes(geometry, {{piece(0), piece(1)}}), 64 * KiB);
  EXPECT_EQ(resident_bytes(geometry, {{piece(2), piece(4)}}), 64 * KiB + 16 * KiB);
}

TEST(PinnedPieces, AreCutOffWhereTheLimitIsReached) {
  piece_geometry const geometry(v1_layout(64 * KiB, {{640 * KiB}}));
  std::vector<piece_range> const wanted{{piece(8), piece(10)}, {piece(0), piece(4)}};
  EXPECT_EQ(first_within(geometry, wanted, 4 * 64 * KiB),
            (std::vector<piece_range>{{piece(8), piece(10)}, {piece(0), piece(2)}}));
  EXPECT_EQ(first_within(geometry, wanted, 64 * KiB), (std::vector<piece_range>{{piece(8), piece(9)}}));
  EXPECT_EQ(first_within(geometry, wanted, 0), (std::vector<piece_range>{}));
}

} // namespace memtorrent::test
