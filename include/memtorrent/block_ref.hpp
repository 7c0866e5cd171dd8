// A counted reference to one 16 KiB block of the arena.
//
// Thread safety: a `block_ref` is a value, like a `shared_ptr`: different copies may be used and destroyed on
// different threads at the same time. The bytes are written once, before the block becomes visible to others,
// and never change while more than one reference exists.
//
// Ownership: a block stays alive, and stays counted in the budget, until its last reference goes. It may outlive
// the torrent, the disk I/O and the session it came from.

#pragma once

#include <utility>

namespace memtorrent {

/// Bytes in a block: the unit that BitTorrent peers request (BEP 3; libtorrent's `default_block_size`), and the unit
/// of all memory accounting here.
inline constexpr int block_size_bytes = 0x4000;

namespace detail {
struct arena_block;
void add_reference(arena_block&) noexcept;
void drop_reference(arena_block&) noexcept;
bool is_sole_reference(arena_block const&) noexcept;
bool watch_for_sole_reference(arena_block&) noexcept;
char* block_data(arena_block const&) noexcept;
} // namespace detail

class block_ref {
 public:
  block_ref() noexcept = default;

  /// Takes over one reference that the caller already counted.
  explicit block_ref(detail::arena_block* counted) noexcept : m_block(counted) {}

  block_ref(block_ref const& other) noexcept : m_block(other.m_block) {
    if (m_block) detail::add_reference(*m_block);
  }
  block_ref(block_ref&& other) noexcept : m_block(std::exchange(other.m_block, nullptr)) {}
  block_ref& operator=(block_ref other) noexcept {
    std::swap(m_block, other.m_block);
    return *this;
  }
  ~block_ref() {
    if (m_block) detail::drop_reference(*m_block);
  }

  explicit operator bool() const noexcept { return m_block != nullptr; }

  /// The block's `block_size_bytes` bytes. REQUIRES: not empty.
  [[nodiscard]] char* data() const noexcept { return detail::block_data(*m_block); }

  /// True if no other reference to the block exists. REQUIRES: not empty.
  [[nodiscard]] bool is_sole() const noexcept { return detail::is_sole_reference(*m_block); }

  /// As `is_sole`. If it returns false, the arena's budget is told as soon as it would be true. REQUIRES: not empty.
  [[nodiscard]] bool watch_for_sole() const noexcept { return detail::watch_for_sole_reference(*m_block); }

  /// Gives the reference up without dropping it; the caller owes a `detail::drop_reference`.
  [[nodiscard]] detail::arena_block* release() noexcept { return std::exchange(m_block, nullptr); }

 private:
  detail::arena_block* m_block = nullptr;
};

/// A run of bytes inside one block, together with the reference that keeps them alive.
struct block_slice {
  block_ref block;
  char const* data = nullptr;
  int size_bytes = 0;
};

} // namespace memtorrent
