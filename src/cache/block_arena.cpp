#include "cache/block_arena.hpp"

#include "precondition.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>

namespace memtorrent {

namespace {

constexpr int blocks_per_slab = 64;
constexpr std::size_t slab_bytes = std::size_t{blocks_per_slab} * block_size_bytes;
constexpr std::uint64_t all_free = ~std::uint64_t{0};

// A bit in a count of references. Where it is set, the budget is told when the count falls to one.
constexpr std::uint32_t watched = std::uint32_t{1} << 31;

} // namespace

namespace detail {

struct arena_block {
  std::atomic<std::uint32_t> references{0};
  std::uint32_t index = 0;
  arena_slab* slab = nullptr;
  std::shared_ptr<memory_account> account; // that it counts in; null: only in the budget
};

// Lives in the same mapping as its blocks, right behind them. All but the reference counts is guarded by the arena's
// mutex.
struct arena_slab {
  block_arena* arena = nullptr;
  std::shared_ptr<block_arena> keeps_arena_alive;
  std::uint64_t free_mask = all_free;
  std::array<arena_block, blocks_per_slab> blocks;

  [[nodiscard]] char* base() noexcept { return reinterpret_cast<char*>(this) - slab_bytes; }
  [[nodiscard]] bool is_free() const noexcept { return free_mask == all_free; }
};

void add_reference(arena_block& block) noexcept { block.references.fetch_add(1, std::memory_order_relaxed); }

// Once the reference is dropped, the block and even the arena may be gone. So one atomic step both drops it and finds
// out whether somebody watches. Before that step the block keeps the arena alive (invariant 4), and it can be locked.
void drop_reference(arena_block& block) noexcept {
  auto before = block.references.load(std::memory_order_relaxed);
  for (;;) {
    if (before == (watched | 2)) {
      auto const arena = block.slab->arena->weak_from_this().lock();
      if (!block.references.compare_exchange_weak(before, 1, std::memory_order_acq_rel)) continue;
      arena->budget().something_changed();
      return;
    }
    if (block.references.compare_exchange_weak(before, before - 1, std::memory_order_acq_rel)) break;
  }
  if ((before & ~watched) == 1) block.slab->arena->free_block(block);
}

bool is_sole_reference(arena_block const& block) noexcept {
  return (block.references.load(std::memory_order_acquire) & ~watched) == 1;
}

bool watch_for_sole_reference(arena_block& block) noexcept {
  return (block.references.fetch_or(watched, std::memory_order_acq_rel) & ~watched) == 1;
}

char* block_data(arena_block const& block) noexcept {
  return block.slab->base() + std::size_t{block.index} * block_size_bytes;
}

} // namespace detail

namespace {

// Has the system fill a slab in one call. Otherwise each of its 256 pages costs a page fault of its own when it is
// first written, together a tenth of the CPU time of a download. (Huge pages would save more, but on a virtual machine
// whose host had not given it the memory yet they cost twice as much.) Without this call the system works as ever.
void populate(char* slab) {
#ifdef MADV_POPULATE_WRITE
  madvise(slab, slab_bytes, MADV_POPULATE_WRITE);
#else
  (void)slab;
#endif
}

detail::arena_block& block_at(char* address) {
  auto const offset = static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(address) % slab_bytes);
  auto* const slab = reinterpret_cast<detail::arena_slab*>(address - offset + slab_bytes);
  return slab->blocks[static_cast<std::size_t>(offset / block_size_bytes)];
}

} // namespace

std::size_t system_page_bytes() noexcept { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

std::shared_ptr<block_arena> block_arena::create(std::int64_t budget_bytes, std::size_t page_bytes) {
  return std::shared_ptr<block_arena>(new block_arena(budget_bytes, page_bytes));
}

block_arena::block_arena(std::int64_t budget_bytes, std::size_t page_bytes)
    : m_page_bytes(page_bytes), m_budget(budget_bytes), m_retain_bytes(budget_bytes) {
  MEMTORRENT_REQUIRE(page_bytes % system_page_bytes() == 0 && slab_bytes % page_bytes == 0);
}

block_arena::~block_arena() {
  locked const lock(m_mutex);
  while (!m_slabs.empty()) unmap_slab(*m_slabs.back());
}

block_ref block_arena::allocate(std::shared_ptr<memory_account> const& account) {
  if (!m_budget.try_reserve(block_size_bytes, account.get())) return {};
  {
    locked const lock(m_mutex);
    if (detail::arena_slab* const slab = find_slab()) {
      if (slab->is_free()) slab->keeps_arena_alive = shared_from_this();
      auto const index = static_cast<std::size_t>(__builtin_ctzll(slab->free_mask));
      slab->free_mask &= slab->free_mask - 1;
      if (slab->free_mask == 0) m_available.pop_back();
      slab->blocks[index].account = account;
      slab->blocks[index].references.store(1, std::memory_order_relaxed);
      return block_ref(&slab->blocks[index]);
    }
  }
  m_budget.release(block_size_bytes, account.get());
  return {};
}

// No memory for the lists of slabs counts as no memory for a slab.
detail::arena_slab* block_arena::find_slab() try {
  return m_available.empty() ? map_slab() : m_available.back();
} catch (std::bad_alloc const&) {
  return nullptr;
}

lt::disk_buffer_holder block_arena::lend(block_slice slice) {
  MEMTORRENT_REQUIRE(slice.block && slice.data >= slice.block.data() &&
                     slice.data + slice.size_bytes <= slice.block.data() + block_size_bytes &&
                     block_at(slice.block.data()).slab->arena == this);
  auto* const data = const_cast<char*>(slice.data);
  (void)slice.block.release();
  return {*this, data, slice.size_bytes};
}

void block_arena::free_disk_buffer(char* address) noexcept { detail::drop_reference(block_at(address)); }

void block_arena::retain(std::int64_t bytes) {
  locked const lock(m_mutex);
  m_retain_bytes = bytes;
  for (auto i = m_slabs.size(); i > 0 && is_above_retained(); --i)
    if (m_slabs[i - 1]->is_free()) unmap_slab(*m_slabs[i - 1]);
  if (!is_above_retained()) return;
  // The slabs that are left are partly in use: only whole free pages of them can go back.
  for (auto* slab : m_slabs)
    for (std::uint32_t block = 0; block < blocks_per_slab; ++block) give_pages_back(*slab, block);
}

std::int64_t block_arena::mapped_bytes() const {
  locked const lock(m_mutex);
  return static_cast<std::int64_t>(m_slabs.size() * slab_bytes);
}

// What is retained is rounded up to a slab, as the budget is (invariant 2).
bool block_arena::is_above_retained() const noexcept {
  return !m_slabs.empty() && static_cast<std::int64_t>((m_slabs.size() - 1) * slab_bytes) >= m_retain_bytes;
}

// A slab and its bookkeeping, in whole pages.
std::size_t block_arena::mapping_bytes() const noexcept {
  return slab_bytes + (sizeof(detail::arena_slab) + m_page_bytes - 1) / m_page_bytes * m_page_bytes;
}

// The block and those that share a page with it, as bits of a slab's mask.
std::uint64_t block_arena::blocks_on_pages_of(std::uint32_t block) const noexcept {
  auto const together = static_cast<std::uint32_t>(std::max<std::size_t>(m_page_bytes / block_size_bytes, 1));
  if (together >= blocks_per_slab) return all_free;
  return ((std::uint64_t{1} << together) - 1) << (block / together * together);
}

// The system takes whole pages, even where only a part of one was named. A live block on the same page would turn into
// zeros.
void block_arena::give_pages_back(detail::arena_slab& slab, std::uint32_t block) noexcept {
  std::uint64_t const blocks = blocks_on_pages_of(block);
  if ((slab.free_mask & blocks) != blocks) return;
  auto const first = static_cast<std::size_t>(__builtin_ctzll(blocks));
  auto const count = static_cast<std::size_t>(__builtin_popcountll(blocks));
  madvise(slab.base() + first * block_size_bytes, count * block_size_bytes, MADV_DONTNEED);
}

detail::arena_slab* block_arena::map_slab() {
  // Reserve its place in both lists first: once it is mapped, nothing may fail.
  m_slabs.reserve(m_slabs.size() == m_slabs.capacity() ? 2 * m_slabs.size() + 1 : 0);
  m_available.reserve(m_slabs.capacity());

  // Map one slab too much, then cut off both ends, to get one that is aligned. All three parts are whole pages, because
  // the system maps at a page and a slab is whole pages.
  std::size_t const wanted = mapping_bytes();
  std::size_t const mapped = wanted + slab_bytes;
  void* const address = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return nullptr;

  auto* const begin = static_cast<char*>(address);
  auto const misalignment = reinterpret_cast<std::uintptr_t>(begin) % slab_bytes;
  std::size_t const head = misalignment == 0 ? 0 : slab_bytes - misalignment;
  if (head > 0) munmap(begin, head);
  munmap(begin + head + wanted, mapped - head - wanted);

  populate(begin + head);
  auto* const slab = new (begin + head + slab_bytes) detail::arena_slab;
  slab->arena = this;
  for (std::uint32_t i = 0; i < blocks_per_slab; ++i) {
    slab->blocks[i].index = i;
    slab->blocks[i].slab = slab;
  }
  m_slabs.push_back(slab);
  m_available.push_back(slab);
  return slab;
}

void block_arena::unmap_slab(detail::arena_slab& slab) noexcept {
  m_slabs.erase(std::remove(m_slabs.begin(), m_slabs.end(), &slab), m_slabs.end());
  m_available.erase(std::remove(m_available.begin(), m_available.end(), &slab), m_available.end());
  char* const base = slab.base();
  slab.~arena_slab();
  munmap(base, mapping_bytes());
}

void block_arena::free_block(detail::arena_block& block) noexcept {
  // As soon as this block is free another thread may free the last one, and the arena with it.
  auto const alive = weak_from_this().lock();
  auto const account = std::move(block.account);
  {
    locked const lock(m_mutex);
    auto& slab = *block.slab;
    if (slab.free_mask == 0) m_available.push_back(&slab);
    slab.free_mask |= std::uint64_t{1} << block.index;
    if (slab.is_free()) slab.keeps_arena_alive.reset();

    if (is_above_retained()) {
      if (slab.is_free())
        unmap_slab(slab);
      else
        give_pages_back(slab, block.index);
    }
  }
  // Last, so that whoever the budget wakes finds the memory free.
  m_budget.release(block_size_bytes, account.get());
}

} // namespace memtorrent
