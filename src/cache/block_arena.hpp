// Memory for blocks: taken from the system in slabs of 64, handed out one by one, given back to the system.
//
// A slab is 1 MiB of blocks, aligned to 1 MiB, followed by the bookkeeping of those blocks:
//
//      base, aligned to 1 MiB                                        base + 1 MiB
//      | block 0 | block 1 |  . . .                       | block 63 | slab |
//
// So the slab of any address inside a block is found by arithmetic. That lets libtorrent give a buffer back by its
// address alone (`free_disk_buffer`), without a look-up and without a lock.
//
// Invariants:
//   1. A block is counted in the budget exactly while it has a reference.
//   2. A new slab is mapped only when no mapped block is free. So mapped bytes <= the largest budget there was, rounded
//      up to a slab.
//   3. While more than `retain` is mapped, free memory goes back at once, by whole pages. A page of 64 KiB (some arm64
//      and all ppc64el kernels) holds several blocks; it goes back when all of them are free.
//   4. A slab with a live block keeps the arena alive. The arena may lose its last owner before its last block.
//
// Thread safety: all members may be called from any thread.
//
// Errors: what gives memory back never throws, because it runs in destructors.

#pragma once

#include "cache/memory_budget.hpp"
#include "memtorrent/block_ref.hpp"

#include <libtorrent/disk_buffer_holder.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace memtorrent {

namespace detail {
struct arena_slab;
}

/// Bytes of a page of this system. Kernels for the same processor differ: 4, 16 or 64 KiB.
std::size_t system_page_bytes() noexcept;

/// This is libtorrent's buffer allocator, and the disk I/O is not, because a buffer can outlive the disk I/O: a
/// completion handler that never ran is destroyed with the io_context, after the session.
class block_arena final : public lt::buffer_allocator_interface, public std::enable_shared_from_this<block_arena> {
 public:
  /// REQUIRES: `page_bytes` is a multiple of the system's page, and 1 MiB is a multiple of it.
  static std::shared_ptr<block_arena> create(std::int64_t budget_bytes, std::size_t page_bytes = system_page_bytes());
  block_arena(block_arena const&) = delete;
  block_arena& operator=(block_arena const&) = delete;
  ~block_arena();

  [[nodiscard]] memory_budget& budget() noexcept { return m_budget; }
  [[nodiscard]] memory_budget const& budget() const noexcept { return m_budget; }

  /// A block with undefined contents and one reference. Empty when the budget or `account` has no space, or the system
  /// has no memory.
  [[nodiscard]] block_ref allocate(std::shared_ptr<memory_account> const& account = nullptr);

  /// Hands `slice` to libtorrent; the reference comes back through `free_disk_buffer`. REQUIRES: a slice of a block of
  /// this arena.
  [[nodiscard]] lt::disk_buffer_holder lend(block_slice slice);

  /// libtorrent's way to drop the reference that `lend` gave it. `address`: anywhere inside the block.
  void free_disk_buffer(char* address) noexcept override;

  /// Free memory stays mapped, for reuse, while at most `bytes` are mapped. Above that it goes back to the system: now,
  /// and later as soon as it becomes free.
  void retain(std::int64_t bytes);

  /// Counts up with every call: the clock of least-recently-used order, one for all that share the arena.
  [[nodiscard]] std::int64_t tick() noexcept { return m_use_clock.fetch_add(1, std::memory_order_relaxed) + 1; }

  /// Bytes of blocks that workers have still to hash, over all torrents that share the arena.
  [[nodiscard]] std::int64_t unhashed_bytes() const noexcept { return m_unhashed_bytes.load(); }
  void add_unhashed(std::int64_t bytes) noexcept { m_unhashed_bytes.fetch_add(bytes); }

  /// Bytes mapped from the system, in use or free.
  [[nodiscard]] std::int64_t mapped_bytes() const;

 private:
  friend void detail::drop_reference(detail::arena_block&) noexcept;

  block_arena(std::int64_t budget_bytes, std::size_t page_bytes);

  [[nodiscard]] std::size_t mapping_bytes() const noexcept;
  [[nodiscard]] std::uint64_t blocks_on_pages_of(std::uint32_t block) const noexcept;
  [[nodiscard]] bool is_above_retained() const noexcept REQUIRES_LOCK(m_mutex);
  detail::arena_slab* find_slab() REQUIRES_LOCK(m_mutex);
  detail::arena_slab* map_slab() REQUIRES_LOCK(m_mutex);
  void unmap_slab(detail::arena_slab& slab) noexcept REQUIRES_LOCK(m_mutex);
  void give_pages_back(detail::arena_slab& slab, std::uint32_t block) noexcept REQUIRES_LOCK(m_mutex);
  void free_block(detail::arena_block& block) noexcept;

  std::size_t const m_page_bytes;
  memory_budget m_budget;
  std::atomic<std::int64_t> m_use_clock{0};
  std::atomic<std::int64_t> m_unhashed_bytes{0};
  mutable annotated_mutex m_mutex;
  std::vector<detail::arena_slab*> m_slabs GUARDED_BY(m_mutex);
  // Slabs that have a free block; the last one is served first. Has space for all of them, so that freeing a block
  // never allocates.
  std::vector<detail::arena_slab*> m_available GUARDED_BY(m_mutex);
  std::int64_t m_retain_bytes GUARDED_BY(m_mutex);
};

} // namespace memtorrent
