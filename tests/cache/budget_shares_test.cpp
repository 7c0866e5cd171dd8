#include "cache/budget_shares.hpp"

#include "cache/memory_account.hpp"
#include "support/layout.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>
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

// ---- readers ----

namespace {

// Of each torrent: for how many of its heads there is space, and how much they have.
std::vector<std::pair<int, std::int64_t>> fitting(std::int64_t budget, std::vector<head_claim> const& claims) {
  std::vector<std::pair<int, std::int64_t>> all;
  for (auto const& fits : heads_that_fit(budget, claims)) all.emplace_back(fits.heads, fits.bytes);
  return all;
}
using fitting_heads_of = std::vector<std::pair<int, std::int64_t>>;

} // namespace

TEST(HeadsThatFit, IsTwoPiecesEachWhereTheyFit) {
  EXPECT_EQ(fitting(64, {{none, 0, 16, {1}}, {none, 0, 16, {2}}}), (fitting_heads_of{{1, 32}, {1, 32}}));
  EXPECT_EQ(fitting(64, {{none, 0, 16, {1, 2}}}), (fitting_heads_of{{2, 64}}));
  EXPECT_EQ(fitting(64, {}), fitting_heads_of{});
}

TEST(HeadsThatFit, IsOnePieceEachBeforeAnyHasTwo) {
  EXPECT_EQ(fitting(64, {{none, 0, 16, {1, 2, 3}}}), (fitting_heads_of{{3, 64}}));
  EXPECT_EQ(fitting(90, {{none, 0, 16, {1}}, {none, 0, 40, {2}}}), (fitting_heads_of{{1, 32}, {1, 40}}));
}

TEST(HeadsThatFit, IsForThoseThatCameLast) {
  EXPECT_EQ(fitting(32, {{none, 0, 16, {1, 4}}, {none, 0, 16, {2}}, {none, 0, 16, {3}}}),
            (fitting_heads_of{{1, 16}, {0, 0}, {1, 16}}));
  EXPECT_EQ(fitting(15, {{none, 0, 16, {1}}}), (fitting_heads_of{{0, 0}}));
}

TEST(HeadsThatFit, StaysWithinACap) {
  EXPECT_EQ(fitting(64, {{40, 0, 16, {2, 3, 4}}, {none, 0, 16, {1}}}), (fitting_heads_of{{2, 32}, {1, 32}}));
}

TEST(HeadsThatFit, LeavesAloneWhatIsGuaranteedToOthers) {
  EXPECT_EQ(fitting(64, {{none, 32, 16, {}}, {none, 0, 16, {1, 2, 3}}}), (fitting_heads_of{{0, 0}, {2, 32}}));
  EXPECT_EQ(fitting(64, {{none, 32, 16, {1}}, {none, 0, 16, {2, 3, 4}}}), (fitting_heads_of{{1, 32}, {2, 32}}));
}

TEST(HeadsThatFit, AndSharesNeverAddUpToMoreThanTheBudget) {
  std::mt19937 random(7);
  auto const up_to = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<head_claim> heads(static_cast<std::size_t>(1 + up_to(6)));
    std::int64_t unguaranteed = 1'000;
    for (auto& claim : heads) {
      claim.guarantee_bytes = up_to(3) ? 0 : up_to(static_cast<int>(unguaranteed) + 1);
      claim.cap_bytes = up_to(2) ? claim.guarantee_bytes + up_to(500) : none;
      claim.piece_bytes = 1 + up_to(200);
      for (int n = up_to(5); n > 0; --n) claim.heads.push_back(random() % 100);
      unguaranteed -= claim.guarantee_bytes;
    }
    auto const fitting = heads_that_fit(1'000, heads);
    std::vector<share_claim> claims;
    for (std::size_t i = 0; i < heads.size(); ++i) {
      EXPECT_LE(fitting[i].bytes, heads[i].cap_bytes);
      EXPECT_GE(fitting[i].bytes, fitting[i].heads * heads[i].piece_bytes) << "round " << round;
      EXPECT_LE(fitting[i].bytes, 2 * fitting[i].heads * heads[i].piece_bytes) << "round " << round;
      claims.push_back(
          {heads[i].heads.empty() ? 0 : 1, heads[i].cap_bytes, std::max(heads[i].guarantee_bytes, fitting[i].bytes)});
    }
    auto const shares = share_budget(1'000, claims);
    EXPECT_LE(std::accumulate(shares.begin(), shares.end(), std::int64_t{0}), 1'000) << "round " << round;
    for (std::size_t i = 0; i < heads.size(); ++i) EXPECT_GE(shares[i], fitting[i].bytes) << "round " << round;
  }
}

// ---- pins ----

TEST(PinLimit, IsHalfOfTheShare) { EXPECT_EQ(pin_limit_bytes(64 << 20, 2 << 20), 32 << 20); }

TEST(PinLimit, LeavesToTheWindowsWhatTheyNeed) {
  EXPECT_EQ(pin_limit_bytes(48 << 20, 32 << 20), 16 << 20);
  EXPECT_EQ(pin_limit_bytes(32 << 20, 32 << 20), 0);
  EXPECT_EQ(pin_limit_bytes(0, 32 << 20), 0);
}

TEST(PinnedPieces, AreNamedOnce) {
  using pieces = std::vector<piece_range>;
  EXPECT_EQ(without_repeats({{piece(0), piece(2)}, {piece(8), piece(10)}, {piece(1), piece(3)}}),
            (pieces{{piece(0), piece(2)}, {piece(8), piece(10)}, {piece(2), piece(3)}}));
  EXPECT_EQ(without_repeats({{piece(4), piece(5)}, {piece(3), piece(7)}, {piece(3), piece(7)}}),
            (pieces{{piece(4), piece(5)}, {piece(3), piece(4)}, {piece(5), piece(7)}}));
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
