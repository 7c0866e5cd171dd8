#include "cache/memory_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace memtorrent::test {

TEST(MemoryBudget, IsReservedUpToItsLimitAndNoFurther) {
  memory_budget budget(100);
  EXPECT_TRUE(budget.try_reserve(60));
  EXPECT_TRUE(budget.try_reserve(40));
  EXPECT_FALSE(budget.try_reserve(1));
  EXPECT_EQ(budget.used(), 100);
}

TEST(MemoryBudget, TakesNothingWhenItRefuses) {
  memory_budget budget(100);
  ASSERT_TRUE(budget.try_reserve(60));
  EXPECT_FALSE(budget.try_reserve(41));
  EXPECT_EQ(budget.used(), 60);
  EXPECT_TRUE(budget.try_reserve(40));
}

TEST(MemoryBudget, HasSpaceAgainForWhatIsReleased) {
  memory_budget budget(100);
  ASSERT_TRUE(budget.try_reserve(100));
  budget.release(30);
  EXPECT_FALSE(budget.try_reserve(31));
  EXPECT_TRUE(budget.try_reserve(30));
}

TEST(MemoryBudget, RemembersItsPeak) {
  memory_budget budget(100);
  ASSERT_TRUE(budget.try_reserve(70));
  budget.release(50);
  ASSERT_TRUE(budget.try_reserve(10));
  EXPECT_FALSE(budget.try_reserve(90));
  EXPECT_EQ(budget.peak(), 70);
}

TEST(MemoryBudget, RefusesBelowALoweredLimitUntilEnoughIsReleased) {
  memory_budget budget(100);
  ASSERT_TRUE(budget.try_reserve(80));
  budget.set_limit(50);
  EXPECT_EQ(budget.used(), 80);
  budget.release(30);
  EXPECT_FALSE(budget.try_reserve(1));
  budget.release(1);
  EXPECT_TRUE(budget.try_reserve(1));
}

TEST(MemoryBudget, GrowsWithARaisedLimit) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  budget.set_limit(20);
  EXPECT_TRUE(budget.try_reserve(10));
  EXPECT_FALSE(budget.try_reserve(1));
}

TEST(MemoryBudget, GivesThreadsThatCompeteExactlyItsLimit) {
  constexpr int limit = 100'000;
  memory_budget budget(limit);
  std::atomic<int> granted{0};
  std::vector<std::thread> takers;
  for (int i = 0; i < 4; ++i)
    takers.emplace_back([&] {
      while (budget.try_reserve(1)) ++granted;
    });
  for (auto& taker : takers) taker.join();

  EXPECT_EQ(granted, limit);
  EXPECT_EQ(budget.used(), limit);
  EXPECT_EQ(budget.peak(), limit);
}

TEST(MemoryBudget, IsNeverExceededWhileThreadsComeAndGo) {
  constexpr int limit = 5;
  memory_budget budget(limit);
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 20'000; ++round) {
        if (!budget.try_reserve(2)) continue;
        if (budget.used() > limit) exceeded = true;
        budget.release(2);
      }
    });
  for (auto& thread : threads) thread.join();

  EXPECT_FALSE(exceeded);
  EXPECT_LE(budget.peak(), limit);
  EXPECT_EQ(budget.used(), 0);
}

// ---- when_released ----

TEST(MemoryBudget, CallsBackOnceWhenSomethingIsReleased) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int calls = 0;
  budget.when_released([&] { ++calls; });
  EXPECT_EQ(calls, 0);
  budget.release(1);
  EXPECT_EQ(calls, 1);
  budget.release(9);
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackAgainAtTheNextChangeWhenTheCallbackHadNoMemory) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int calls = 0;
  budget.when_released([&] {
    if (++calls == 1) throw std::bad_alloc();
  });
  budget.release(1);
  EXPECT_EQ(calls, 1);
  budget.something_changed();
  EXPECT_EQ(calls, 2);
  budget.release(9);
  EXPECT_EQ(calls, 2);
}

TEST(MemoryBudget, PrefersTheCallbackThatCameWhileAnotherFailed) {
  memory_budget budget(10);
  int first = 0, second = 0;
  budget.when_released([&] {
    ++first;
    budget.when_released([&] { ++second; });
    throw std::bad_alloc();
  });
  budget.something_changed();
  budget.something_changed();
  budget.something_changed();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST(MemoryBudget, CallsBackWhenTheLimitChanges) {
  memory_budget budget(10);
  int calls = 0;
  budget.when_released([&] { ++calls; });
  budget.set_limit(14);
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackWhenSomethingElseMayHaveMadeSpace) {
  memory_budget budget(10);
  int calls = 0;
  budget.when_released([&] { ++calls; });
  budget.something_changed();
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackOnlyTheLastWhoWaits) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int first = 0, second = 0;
  budget.when_released([&] { ++first; });
  budget.when_released([&] { ++second; });
  budget.release(10);
  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 1);
}

TEST(MemoryBudget, CanBeUsedFromInsideItsCallback) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int calls = 0;
  budget.when_released([&] {
    EXPECT_TRUE(budget.try_reserve(10));
    budget.when_released([&] { ++calls; });
  });
  budget.release(10);
  EXPECT_EQ(calls, 0);
  budget.release(10);
  EXPECT_EQ(calls, 1);
}

// Whoever waits asks first and looks then: it finds the space, or it is called.
TEST(MemoryBudget, LosesNoReleaseBetweenAskingAndLooking) {
  for (int round = 0; round < 2'000; ++round) {
    memory_budget budget(1);
    ASSERT_TRUE(budget.try_reserve(1));
    std::atomic<int> calls{0};
    std::atomic<int> ready{0};
    auto const begin_together = [&] {
      ++ready;
      while (ready < 2) std::this_thread::yield();
    };
    std::thread other([&] {
      begin_together();
      budget.release(1);
    });
    begin_together();
    budget.when_released([&] { ++calls; });
    bool const found = budget.has_space(1);
    other.join();
    ASSERT_TRUE(found || calls == 1) << "round " << round;
    ASSERT_LE(calls, 1);
  }
}

// A callback may own blocks; those come back to the budget when it is replaced.
TEST(MemoryBudget, TakesBackWhatAReplacedCallbackOwned) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  std::shared_ptr<int> owned(new int, [&](int* p) {
    delete p;
    budget.release(10);
  });
  budget.when_released([owned = std::move(owned)] {});

  int calls = 0;
  budget.when_released([&] { ++calls; });

  EXPECT_EQ(calls, 1);
  EXPECT_EQ(budget.used(), 0);
}

// ---- accounts ----

TEST(MemoryBudget, CountsInTheAccountToo) {
  memory_budget budget(100);
  memory_account account;
  ASSERT_TRUE(budget.try_reserve(60, &account));
  ASSERT_TRUE(budget.try_reserve(20));
  EXPECT_EQ(account.used(), 60);
  budget.release(10, &account);
  EXPECT_EQ(account.used(), 50);
  EXPECT_EQ(budget.used(), 70);
}

TEST(MemoryBudget, HoldsAnAccountToItsCap) {
  memory_budget budget(100);
  memory_account account;
  account.set_cap(50);
  EXPECT_TRUE(budget.try_reserve(50, &account));
  EXPECT_FALSE(budget.has_space(1, &account));
  EXPECT_FALSE(budget.try_reserve(1, &account));
  EXPECT_TRUE(budget.has_space(1)) << "the rest is there for others";
  EXPECT_EQ(budget.used(), 50);
  account.set_cap(40);
  EXPECT_TRUE(account.is_above_cap());
}

TEST(MemoryBudget, LeavesAnAccountAsItWasWhenTheBudgetIsFull) {
  memory_budget budget(10);
  memory_account account;
  ASSERT_TRUE(budget.try_reserve(8));
  EXPECT_FALSE(budget.try_reserve(3, &account));
  EXPECT_EQ(account.used(), 0);
}

TEST(MemoryBudget, KeepsWhatIsGuaranteedFromOthers) {
  memory_budget budget(100);
  auto const account = std::make_shared<memory_account>();
  ASSERT_TRUE(budget.guarantee(account, 40));
  EXPECT_TRUE(budget.try_reserve(60));
  EXPECT_FALSE(budget.try_reserve(1));
  EXPECT_TRUE(budget.try_reserve(30, account.get()));
  EXPECT_FALSE(budget.try_reserve(1)) << "ten are still kept";
  EXPECT_TRUE(budget.try_reserve(10, account.get()));
  EXPECT_FALSE(budget.try_reserve(1, account.get())) << "the budget is full";
}

TEST(MemoryBudget, TakesAGuaranteeBack) {
  memory_budget budget(100);
  auto const account = std::make_shared<memory_account>();
  ASSERT_TRUE(budget.guarantee(account, 40));
  ASSERT_TRUE(budget.guarantee(account, 0));
  EXPECT_TRUE(budget.try_reserve(100));
  EXPECT_EQ(budget.guaranteed_bytes(), 0);
}

TEST(MemoryBudget, GuaranteesNoMoreThanItHas) {
  memory_budget budget(100);
  auto const one = std::make_shared<memory_account>();
  auto const other = std::make_shared<memory_account>();
  ASSERT_TRUE(budget.guarantee(one, 60));
  EXPECT_FALSE(budget.guarantee(other, 41));
  EXPECT_EQ(other->guarantee(), 0);
  EXPECT_TRUE(budget.guarantee(one, 50)) << "replaces what it had";
  EXPECT_TRUE(budget.guarantee(other, 50));
}

TEST(MemoryBudget, ShrinksGuaranteesWithTheBudget) {
  memory_budget budget(100);
  auto const one = std::make_shared<memory_account>();
  auto const other = std::make_shared<memory_account>();
  ASSERT_TRUE(budget.guarantee(one, 60));
  ASSERT_TRUE(budget.guarantee(other, 40));
  budget.set_limit(50);
  EXPECT_TRUE(budget.try_reserve(30, one.get()));
  EXPECT_FALSE(budget.try_reserve(1, one.get())) << "twenty are kept for the other";
  EXPECT_TRUE(budget.try_reserve(20, other.get()));
}

} // namespace memtorrent::test
