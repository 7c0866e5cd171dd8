#include "cache/memory_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
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

TEST(MemoryBudget, HasRoomAgainForWhatIsReleased) {
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

// ---- when_room ----

TEST(MemoryBudget, CallsBackAtOnceWhenThereIsRoom) {
  memory_budget budget(10);
  int calls = 0;
  budget.when_room(10, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackOnceWhenEnoughIsReleased) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int calls = 0;
  budget.when_room(5, [&] { ++calls; });
  budget.release(4);
  EXPECT_EQ(calls, 0);
  budget.release(1);
  EXPECT_EQ(calls, 1);
  budget.release(5);
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackWhenTheLimitIsRaised) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int calls = 0;
  budget.when_room(5, [&] { ++calls; });
  budget.set_limit(14);
  EXPECT_EQ(calls, 0);
  budget.set_limit(15);
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackOnlyTheLastWhoWaits) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int first = 0, second = 0;
  budget.when_room(1, [&] { ++first; });
  budget.when_room(1, [&] { ++second; });
  budget.release(10);
  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 1);
}

TEST(MemoryBudget, CanBeUsedFromInsideItsCallback) {
  memory_budget budget(10);
  ASSERT_TRUE(budget.try_reserve(10));
  int calls = 0;
  budget.when_room(10, [&] {
    EXPECT_TRUE(budget.try_reserve(10));
    budget.when_room(10, [&] { ++calls; });
  });
  budget.release(10);
  EXPECT_EQ(calls, 0);
  budget.release(10);
  EXPECT_EQ(calls, 1);
}

TEST(MemoryBudget, CallsBackExactlyOnceWhenRoomAppearsMeanwhile) {
  for (int round = 0; round < 2'000; ++round) {
    memory_budget budget(2);
    ASSERT_TRUE(budget.try_reserve(2));
    std::atomic<int> calls{0};
    std::atomic<int> ready{0};
    auto const begin_together = [&] {
      ++ready;
      while (ready < 3) std::this_thread::yield();
    };
    auto const release_one = [&] {
      begin_together();
      budget.release(1);
    };
    std::thread first(release_one), second(release_one);
    begin_together();
    budget.when_room(1, [&] { ++calls; });
    first.join();
    second.join();
    ASSERT_EQ(calls, 1) << "round " << round;
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
  budget.when_room(10, [owned = std::move(owned)] {});

  int calls = 0;
  budget.when_room(10, [&] { ++calls; });

  EXPECT_EQ(calls, 1);
  EXPECT_EQ(budget.used(), 0);
}

} // namespace memtorrent::test
