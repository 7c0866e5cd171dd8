#include "disk/hash_pool.hpp"

#include "support/event_count.hpp"
#include "support/limited_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

namespace memtorrent::test {

namespace {

/// A job that runs until it is let go, so that what is submitted behind it waits.
class long_job {
 public:
  hash_pool::job job() {
    return [this](bool was_cancelled) {
      cancelled = was_cancelled;
      m_started.set_value();
      m_let_go.get_future().wait();
      ended = true;
    };
  }
  void wait_until_started() { ASSERT_EQ(m_started.get_future().wait_for(patience), std::future_status::ready); }
  void let_go() { m_let_go.set_value(); }

  std::atomic<bool> cancelled{false};
  std::atomic<bool> ended{false};

 private:
  std::promise<void> m_started, m_let_go;
};

} // namespace

TEST(HashPool, RunsEveryJobOnce) {
  constexpr int jobs = 2'000;
  std::vector<std::atomic<int>> runs(jobs);
  event_count done;
  {
    hash_pool pool(3);
    for (auto& run : runs)
      pool.submit([&](bool cancelled) {
        if (!cancelled) ++run;
        done.add();
      });
    ASSERT_TRUE(done.reaches(jobs));
  }
  for (auto const& run : runs) EXPECT_EQ(run, 1);
}

TEST(HashPool, RunsJobsInTheOrderTheyCameOnOneThread) {
  std::vector<int> order;
  event_count done;
  hash_pool pool(1);
  for (int i = 0; i < 5; ++i)
    pool.submit([&, i](bool) {
      order.push_back(i);
      done.add();
    });
  ASSERT_TRUE(done.reaches(5));
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST(HashPool, RunsAsManyJobsAtATimeAsItHasThreads) {
  std::latch all_at_once(3);
  event_count done;
  hash_pool pool(3);
  for (int i = 0; i < 3; ++i)
    pool.submit([&](bool) {
      all_at_once.arrive_and_wait();
      done.add();
    });
  EXPECT_TRUE(done.reaches(3));
}

TEST(HashPool, HasAtLeastOneThread) {
  event_count done;
  hash_pool pool(0);
  pool.submit([&](bool) { done.add(); });
  EXPECT_TRUE(done.reaches(1));
  pool.set_threads(-1);
  pool.submit([&](bool) { done.add(); });
  EXPECT_TRUE(done.reaches(2));
}

TEST(HashPool, NeverRunsAJobOnTheSubmittersThread) {
  event_count done;
  std::thread::id ran_on;
  hash_pool pool(1);
  pool.submit([&](bool) {
    ran_on = std::this_thread::get_id();
    done.add();
  });
  ASSERT_TRUE(done.reaches(1));
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(HashPool, LetsGoOfWhatAJobOwnsWhenItHasRun) {
  auto owned = std::make_shared<int>();
  std::weak_ptr<int> const alive = owned;
  hash_pool pool(1);
  pool.submit([owned = std::move(owned)](bool) {});
  pool.stop(true);
  EXPECT_TRUE(alive.expired());
}

TEST(HashPool, CancelsWhatWaitsWhenStopped) {
  hash_pool pool(1);
  long_job running;
  pool.submit(running.job());
  running.wait_until_started();
  int ran = 0, cancelled = 0;
  for (int i = 0; i < 3; ++i) pool.submit([&](bool was_cancelled) { ++(was_cancelled ? cancelled : ran); });

  pool.stop(false);

  EXPECT_EQ(cancelled, 3);
  EXPECT_FALSE(running.ended);
  running.let_go();
  pool.stop(true);
  EXPECT_TRUE(running.ended);
  EXPECT_FALSE(running.cancelled);
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(cancelled, 3);
}

TEST(HashPool, WaitsForWhatRunsWhenDestroyed) {
  long_job running;
  std::thread friendly;
  {
    hash_pool pool(1);
    pool.submit(running.job());
    running.wait_until_started();
    friendly = std::thread([&] { running.let_go(); });
  }
  EXPECT_TRUE(running.ended);
  friendly.join();
}

TEST(HashPool, CancelsAtOnceWhatComesAfterItWasStopped) {
  hash_pool pool(1);
  pool.stop(false);
  bool cancelled = false;
  pool.submit([&](bool was_cancelled) { cancelled = was_cancelled; });
  EXPECT_TRUE(cancelled);
}

TEST(HashPool, StaysStoppedWhenItsThreadsAreChanged) {
  hash_pool pool(2);
  pool.stop(true);
  pool.set_threads(4);
  bool cancelled = false;
  pool.submit([&](bool was_cancelled) { cancelled = was_cancelled; });
  EXPECT_TRUE(cancelled);
}

TEST(HashPool, CanBeStoppedAgain) {
  hash_pool pool(2);
  pool.stop(false);
  pool.stop(true);
  pool.stop(true);
}

TEST(HashPool, LosesNoJobWhenItGetsFewerThreads) {
  event_count done;
  hash_pool pool(4);
  std::atomic<int> cancelled{0};
  for (int i = 0; i < 500; ++i) {
    pool.submit([&](bool was_cancelled) {
      cancelled += was_cancelled;
      done.add();
    });
    if (i % 100 == 50) pool.set_threads(4 - i / 100);
  }
  EXPECT_TRUE(done.reaches(500));
  EXPECT_EQ(cancelled, 0);
}

TEST(HashPool, DoesNotWaitForTheWorkersThatStayWhenItGetsFewer) {
  long_job running;
  hash_pool pool(1);
  pool.submit(running.job());
  running.wait_until_started();
  pool.set_threads(2);
  pool.set_threads(1);
  EXPECT_FALSE(running.ended);
  running.let_go();
}

// ---- a system that has no thread left ----

TEST(HashPool, WorksOnWithTheWorkersItHasWhenTheSystemHasNoMore) {
  limited_threads system(2);
  hash_pool pool(2, system.maker());

  EXPECT_EQ(pool.set_threads(4), boost::system::errc::resource_unavailable_try_again);

  std::latch both_at_once(2);
  event_count done;
  for (int i = 0; i < 2; ++i)
    pool.submit([&](bool) {
      both_at_once.arrive_and_wait();
      done.add();
    });
  EXPECT_TRUE(done.reaches(2));
}

TEST(HashPool, NeedsNoNewThreadToHaveFewer) {
  limited_threads system(3);
  hash_pool pool(3, system.maker());
  EXPECT_FALSE(pool.set_threads(1));
  event_count done;
  pool.submit([&](bool) { done.add(); });
  EXPECT_TRUE(done.reaches(1));
}

TEST(HashPool, TriesAgainWhenItIsAskedAgain) {
  limited_threads system(1);
  hash_pool pool(1, system.maker());
  EXPECT_TRUE(pool.set_threads(2));
  system.left = 1;
  EXPECT_FALSE(pool.set_threads(2));
}

TEST(HashPool, BeginsWithFewerWorkersThanItWasAskedFor) {
  limited_threads system(1);
  hash_pool pool(4, system.maker());
  event_count done;
  pool.submit([&](bool) { done.add(); });
  EXPECT_TRUE(done.reaches(1));
}

TEST(HashPool, CannotBeginWithoutAnyWorker) {
  limited_threads system(0);
  EXPECT_THROW(hash_pool(2, system.maker()), std::system_error);
}

TEST(HashPool, GetsMoreThreadsWhileOneIsBusy) {
  long_job running;
  hash_pool pool(1);
  pool.submit(running.job());
  running.wait_until_started();
  event_count done;
  pool.submit([&](bool) { done.add(); });

  pool.set_threads(2);

  EXPECT_TRUE(done.reaches(1));
  EXPECT_FALSE(running.ended);
  running.let_go();
}

} // namespace memtorrent::test
