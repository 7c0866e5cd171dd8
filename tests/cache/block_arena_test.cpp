#include "cache/block_arena.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace memtorrent::test {

namespace {

class BlockArena : public testing::Test {
 protected:
  void TearDown() override {
    m_blocks.clear();
    EXPECT_EQ(m_arena->budget().used(), 0);
  }

  std::vector<block_ref>& allocate(int count) {
    for (int i = 0; i < count; ++i) {
      m_blocks.push_back(m_arena->allocate());
      EXPECT_TRUE(m_blocks.back());
    }
    return m_blocks;
  }

  std::shared_ptr<block_arena> m_arena = block_arena::create(8 * MiB);
  std::vector<block_ref> m_blocks;
};

void fill(block_ref const& b, char with) { std::memset(b.data(), with, block_size_bytes); }

bool is_filled(char const* data, char with) {
  return std::all_of(data, data + block_size_bytes, [with](char c) { return c == with; });
}

enum class memory { resident, not_resident, unmapped };

/// What the system says of the block's first page.
memory at_system(char* block_data) {
  unsigned char resident = 0;
  if (mincore(block_data, static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), &resident) != 0) {
    EXPECT_EQ(errno, ENOMEM);
    return memory::unmapped;
  }
  return resident & 1 ? memory::resident : memory::not_resident;
}

} // namespace

TEST_F(BlockArena, GivesBlocksThatDoNotOverlap) {
  auto const& blocks = allocate(200);
  for (std::size_t i = 0; i < blocks.size(); ++i) fill(blocks[i], static_cast<char>(i));
  for (std::size_t i = 0; i < blocks.size(); ++i)
    EXPECT_TRUE(is_filled(blocks[i].data(), static_cast<char>(i))) << "block " << i;
}

TEST_F(BlockArena, TakesSlabsOfSixtyFourBlocks) {
  EXPECT_EQ(m_arena->mapped_bytes(), 0);
  allocate(64);
  EXPECT_EQ(m_arena->mapped_bytes(), 1 * MiB);
  allocate(1);
  EXPECT_EQ(m_arena->mapped_bytes(), 2 * MiB);
}

TEST_F(BlockArena, CountsEveryLiveBlockInTheBudget) {
  allocate(3);
  EXPECT_EQ(m_arena->budget().used(), 3 * block_bytes);
  m_blocks.pop_back();
  EXPECT_EQ(m_arena->budget().used(), 2 * block_bytes);
  EXPECT_EQ(m_arena->budget().peak(), 3 * block_bytes);
}

TEST_F(BlockArena, GivesNothingAboveTheBudget) {
  m_arena->budget().set_limit(2 * block_bytes);
  allocate(2);
  EXPECT_FALSE(m_arena->allocate());
  EXPECT_EQ(m_arena->budget().used(), 2 * block_bytes);
  m_blocks.pop_back();
  EXPECT_TRUE(m_arena->allocate());
}

TEST_F(BlockArena, GivesNothingWhenLessThanABlockIsLeft) {
  m_arena->budget().set_limit(2 * block_bytes - 1);
  allocate(1);
  EXPECT_FALSE(m_arena->allocate());
}

TEST_F(BlockArena, ReusesFreedBlocksBeforeItTakesMore) {
  allocate(128);
  for (int round = 0; round < 100; ++round) {
    m_blocks.erase(m_blocks.begin() + round, m_blocks.begin() + round + 20);
    allocate(20);
  }
  EXPECT_EQ(m_arena->mapped_bytes(), 2 * MiB);
  std::set<char*> addresses;
  for (auto const& b : m_blocks) addresses.insert(b.data());
  EXPECT_EQ(addresses.size(), 128U);
}

// ---- references ----

TEST_F(BlockArena, KeepsABlockUntilItsLastReferenceGoes) {
  block_ref first = m_arena->allocate();
  fill(first, 7);
  block_ref second = first;
  first = {};
  EXPECT_EQ(m_arena->budget().used(), block_bytes);
  EXPECT_TRUE(is_filled(second.data(), 7));
  second = {};
  EXPECT_EQ(m_arena->budget().used(), 0);
}

TEST_F(BlockArena, KnowsTheSoleReference) {
  block_ref const first = m_arena->allocate();
  EXPECT_TRUE(first.is_sole());
  {
    block_ref const second = first;
    EXPECT_FALSE(first.is_sole());
    EXPECT_FALSE(second.is_sole());
  }
  EXPECT_TRUE(first.is_sole());
}

TEST_F(BlockArena, MovesAReferenceWithoutCountingIt) {
  block_ref first = m_arena->allocate();
  block_ref second = std::move(first);
  EXPECT_FALSE(first); // NOLINT(bugprone-use-after-move): a moved-from reference is empty
  EXPECT_TRUE(second.is_sole());
  second = block_ref(second);
  EXPECT_TRUE(second.is_sole());
}

// ---- lent to libtorrent ----

TEST_F(BlockArena, GetsALentBlockBackByAnAddressInItsMiddle) {
  auto const& blocks = allocate(3);
  char* const data = blocks[1].data();
  lt::disk_buffer_holder holder = m_arena->lend({blocks[1], data + 5000, 100});
  EXPECT_EQ(holder.data(), data + 5000);
  EXPECT_EQ(holder.size(), 100);
  m_blocks.clear();
  EXPECT_EQ(m_arena->budget().used(), block_bytes);
  holder.reset();
  EXPECT_EQ(m_arena->budget().used(), 0);
}

TEST_F(BlockArena, GetsALentBlockBackByItsFirstAndByItsLastAddress) {
  for (int const offset : {0, block_size_bytes - 1}) {
    auto const& blocks = allocate(64); // the slab's first and last among them
    std::vector<lt::disk_buffer_holder> holders;
    for (auto const& b : blocks) holders.push_back(m_arena->lend({b, b.data() + offset, 1}));
    m_blocks.clear();
    EXPECT_EQ(m_arena->budget().used(), 64 * block_bytes);
    holders.clear();
    EXPECT_EQ(m_arena->budget().used(), 0);
  }
}

TEST_F(BlockArena, LendsABlockToSeveralAtOnce) {
  block_ref b = m_arena->allocate();
  fill(b, 3);
  auto first = m_arena->lend({b, b.data(), block_size_bytes});
  auto second = m_arena->lend({b, b.data(), block_size_bytes});
  b = {};
  first.reset();
  EXPECT_TRUE(is_filled(second.data(), 3));
  EXPECT_EQ(m_arena->budget().used(), block_bytes);
}

// ---- back to the system ----

TEST_F(BlockArena, KeepsFreeMemoryForReuseUpToItsBudget) {
  allocate(128);
  m_blocks.clear();
  EXPECT_EQ(m_arena->mapped_bytes(), 2 * MiB);
}

TEST_F(BlockArena, UnmapsFreeSlabsWhenLessIsRetained) {
  char* const address = allocate(300).front().data();
  m_blocks.clear();
  m_arena->retain(2 * MiB);
  EXPECT_EQ(m_arena->mapped_bytes(), 2 * MiB);
  m_arena->retain(0);
  EXPECT_EQ(m_arena->mapped_bytes(), 0);
  EXPECT_EQ(at_system(address), memory::unmapped);
}

TEST_F(BlockArena, GivesFreeBlocksOfAUsedSlabBackOneByOne) {
  if (system_page_bytes() > block_size_bytes) GTEST_SKIP() << "a page of this system holds several blocks";
  auto& blocks = allocate(3);
  for (auto const& b : blocks) fill(b, 9);
  char* const freed = blocks[0].data();
  blocks.erase(blocks.begin());
  ASSERT_EQ(at_system(freed), memory::resident);

  m_arena->retain(0);

  EXPECT_EQ(at_system(freed), memory::not_resident);
  EXPECT_TRUE(is_filled(blocks[0].data(), 9));
  EXPECT_TRUE(is_filled(blocks[1].data(), 9));
}

TEST_F(BlockArena, GivesBackWhatBecomesFreeLater) {
  if (system_page_bytes() > block_size_bytes) GTEST_SKIP() << "a page of this system holds several blocks";
  auto& blocks = allocate(2);
  for (auto const& b : blocks) fill(b, 9);
  m_arena->retain(0);
  EXPECT_EQ(m_arena->mapped_bytes(), 1 * MiB);

  char* const freed = blocks[1].data();
  blocks.pop_back();
  EXPECT_EQ(at_system(freed), memory::not_resident);
  blocks.pop_back();
  EXPECT_EQ(m_arena->mapped_bytes(), 0);
  EXPECT_EQ(at_system(freed), memory::unmapped);
}

TEST_F(BlockArena, WorksOnAfterEverythingWasGivenBack) {
  allocate(65);
  m_blocks.clear();
  m_arena->retain(0);
  for (auto const& b : allocate(65)) fill(b, 4);
  EXPECT_EQ(m_arena->mapped_bytes(), 2 * MiB);
  for (auto const& b : m_blocks) EXPECT_TRUE(is_filled(b.data(), 4));
}

// A budget need not be a whole number of slabs: the last slab is kept for reuse like the others.
TEST_F(BlockArena, KeepsFreeBlocksOfTheLastSlabThatTheBudgetFillsInPart) {
  m_arena = block_arena::create(MiB + 2 * block_bytes);
  allocate(66);
  for (auto const& b : m_blocks) fill(b, 5);
  char* const freed = m_blocks.front().data();
  m_blocks.erase(m_blocks.begin());
  EXPECT_EQ(at_system(freed), memory::resident);
}

TEST_F(BlockArena, HasTheMemoryReadForWhoeverItsBudgetWakes) {
  m_arena->budget().set_limit(block_bytes);
  allocate(1);
  block_ref woken_got;
  m_arena->budget().when_released([&] { woken_got = m_arena->allocate(); });
  m_blocks.clear();
  EXPECT_TRUE(woken_got);
  EXPECT_EQ(m_arena->mapped_bytes(), 1 * MiB);
}

TEST_F(BlockArena, GivesABlockBackAlsoWhenWhomItWakesHasNoMemory) {
  int calls = 0;
  auto const no_memory = [&] {
    ++calls;
    throw std::bad_alloc();
  };
  auto& blocks = allocate(2);
  block_ref copy = blocks[1];
  EXPECT_FALSE(blocks[1].watch_for_sole());
  m_arena->budget().when_released(no_memory);
  copy = {}; // the last reference but one of a block that is watched
  EXPECT_EQ(calls, 1);
  blocks.pop_back();
  EXPECT_EQ(calls, 2);
  auto lent = m_arena->lend({blocks[0], blocks[0].data(), 1});
  blocks.clear();
  lent.reset();
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(m_arena->budget().used(), 0);
}

// ---- where a page of the system holds several blocks ----

class BlockArenaOnLargePages : public BlockArena {
 protected:
  static constexpr std::size_t page = 64 * 1024; // four blocks

  BlockArenaOnLargePages() { m_arena = block_arena::create(8 * MiB, page); }
};

TEST_F(BlockArenaOnLargePages, LeavesLiveNeighboursTheirBytesWhenABlockBecomesFree) {
  auto& blocks = allocate(8);
  for (auto const& b : blocks) fill(b, 9);
  m_arena->retain(0);
  char* const freed = blocks[1].data();
  blocks.erase(blocks.begin() + 1);

  // The system would have taken the whole page: nothing of it may go.
  EXPECT_EQ(at_system(freed), memory::resident);
  for (auto const& b : blocks) EXPECT_TRUE(is_filled(b.data(), 9));
}

TEST_F(BlockArenaOnLargePages, LeavesLiveNeighboursTheirBytesWhenLessIsRetained) {
  auto& blocks = allocate(8);
  for (auto const& b : blocks) fill(b, 9);
  char* const freed = blocks[6].data();
  blocks.erase(blocks.begin() + 6);

  m_arena->retain(0);

  EXPECT_EQ(at_system(freed), memory::resident);
  for (auto const& b : blocks) EXPECT_TRUE(is_filled(b.data(), 9));
}

TEST_F(BlockArenaOnLargePages, GivesAPageBackWithItsLastBlock) {
  auto& blocks = allocate(8);
  for (auto const& b : blocks) fill(b, 9);
  m_arena->retain(0);
  std::vector<char*> freed;
  for (int i = 4; i < 8; ++i) freed.push_back(blocks[static_cast<std::size_t>(i)].data());

  blocks.resize(5);
  EXPECT_EQ(at_system(freed[3]), memory::resident);
  blocks.resize(4);

  for (char* const block : freed) EXPECT_EQ(at_system(block), memory::not_resident);
  for (auto const& b : blocks) EXPECT_TRUE(is_filled(b.data(), 9));
}

TEST_F(BlockArenaOnLargePages, GivesFreePagesBackWhenLessIsRetained) {
  auto& blocks = allocate(8);
  for (auto const& b : blocks) fill(b, 9);
  char* const freed = blocks[7].data();
  blocks.resize(4);

  m_arena->retain(0);

  EXPECT_EQ(at_system(freed), memory::not_resident);
  for (auto const& b : blocks) EXPECT_TRUE(is_filled(b.data(), 9));
}

TEST_F(BlockArenaOnLargePages, UnmapsFreeSlabs) {
  char* const address = allocate(65).front().data();
  m_arena->retain(0);
  m_blocks.clear();
  EXPECT_EQ(m_arena->mapped_bytes(), 0);
  EXPECT_EQ(at_system(address), memory::unmapped);
}

TEST_F(BlockArenaOnLargePages, CanHavePagesAsLargeAsASlab) {
  m_arena = block_arena::create(8 * MiB, MiB);
  auto& blocks = allocate(2);
  for (auto const& b : blocks) fill(b, 9);
  m_arena->retain(0);
  char* const address = blocks[1].data();
  blocks.pop_back();
  EXPECT_TRUE(is_filled(blocks[0].data(), 9));
  EXPECT_EQ(at_system(address), memory::resident);
  blocks.pop_back();
  EXPECT_EQ(at_system(address), memory::unmapped);
}

TEST(BlockArenaPages, AreTheSystemsUnlessToldOtherwise) {
  EXPECT_EQ(system_page_bytes(), static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
}

// ---- without an owner ----

TEST_F(BlockArena, LivesOnForABlockThatOutlivesItsOwner) {
  auto arena = block_arena::create(MiB);
  std::weak_ptr<block_arena> const alive = arena;
  block_ref b = arena->allocate();
  block_ref const other = arena->allocate();
  arena.reset();
  fill(b, 1);
  fill(other, 2);
  EXPECT_TRUE(is_filled(b.data(), 1));
  char* const address = b.data();
  b = {};
  EXPECT_FALSE(alive.expired());
  const_cast<block_ref&>(other) = {};
  EXPECT_TRUE(alive.expired());
  EXPECT_EQ(at_system(address), memory::unmapped);
}

TEST_F(BlockArena, LivesOnForALentBlockThatOutlivesItsOwner) {
  auto arena = block_arena::create(MiB);
  std::weak_ptr<block_arena> const alive = arena;
  block_ref b = arena->allocate();
  char* const data = b.data();
  auto holder = arena->lend({std::move(b), data, 10});
  arena.reset();
  EXPECT_FALSE(alive.expired());
  holder.reset();
  EXPECT_TRUE(alive.expired());
}

TEST_F(BlockArena, GoesWithItsLastBlocksWhicheverThreadsDropThem) {
  for (int round = 0; round < 500; ++round) {
    auto arena = block_arena::create(2 * MiB);
    std::weak_ptr<block_arena> const alive = arena;
    std::array<std::vector<block_ref>, 2> blocks;
    for (int i = 0; i < 66; ++i) blocks[static_cast<std::size_t>(i % 2)].push_back(arena->allocate());
    arena.reset();
    std::thread other([&] { blocks[0].clear(); });
    blocks[1].clear();
    other.join();
    ASSERT_TRUE(alive.expired()) << "round " << round;
  }
}

// ---- threads ----

TEST_F(BlockArena, GivesNoBlockToTwoThreads) {
  constexpr std::int64_t limit = 90 * block_bytes;
  m_arena = block_arena::create(limit);
  std::atomic<int> wrong{0};
  auto const churn = [&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<block_ref> mine;
    for (int i = 0; i < 20'000; ++i) {
      if (random() % 2 == 0) {
        if (block_ref b = m_arena->allocate()) {
          std::memcpy(b.data(), &seed, sizeof seed);
          mine.push_back(std::move(b));
        }
      } else if (!mine.empty()) {
        if (std::memcmp(mine.back().data(), &seed, sizeof seed) != 0) ++wrong;
        mine.pop_back();
      }
      if (i % 1000 == 0) m_arena->retain(i % 3000 == 0 ? 0 : limit);
      if (m_arena->budget().used() > limit) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 4; ++seed) threads.emplace_back(churn, seed);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(m_arena->mapped_bytes(), 2 * MiB);
}

TEST_F(BlockArena, ShowsABlockWholeToTheThreadThatFindsItselfTheSoleHolder) {
  for (int round = 0; round < 300; ++round) {
    block_ref const mine = m_arena->allocate();
    fill(mine, 1);
    std::thread reader([copy = mine] { EXPECT_TRUE(is_filled(copy.data(), 1)); });
    // As memory_storage does: a block is written in place only when nobody else can be reading it.
    while (!mine.is_sole()) std::this_thread::yield();
    fill(mine, 2);
    reader.join();
  }
}

TEST_F(BlockArena, TicksForward) {
  auto const first = m_arena->tick();
  EXPECT_GT(m_arena->tick(), first);
}

} // namespace memtorrent::test
