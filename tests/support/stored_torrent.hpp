// One torrent's memory_storage in an arena of its own, and the bytes that belong into it.

#pragma once

#include "cache/memory_storage.hpp"
#include "support/layout.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::test {

/// Fails the test when it goes and any block is still alive: hold slices for a shorter time.
class stored_torrent {
 public:
  explicit stored_torrent(lt::file_storage const& layout, std::int64_t budget_bytes = 8 << 20)
      : m_arena(block_arena::create(budget_bytes)), m_storage(piece_geometry(layout), m_arena), m_bytes(layout, 1) {}
  stored_torrent(stored_torrent const&) = delete;
  stored_torrent& operator=(stored_torrent const&) = delete;
  ~stored_torrent() {
    m_storage.evict_all();
    EXPECT_EQ(used(), 0);
  }

  memory_storage* operator->() { return &m_storage; }
  [[nodiscard]] std::int64_t used() const { return m_arena->budget().used(); }
  [[nodiscard]] block_arena& arena() { return *m_arena; }
  [[nodiscard]] torrent_bytes const& bytes() const { return m_bytes; }

  [[nodiscard]] bool write(int of_piece, int block_index) {
    return m_storage.write(piece(of_piece), block_index * block_size_bytes, m_bytes.block(of_piece, block_index)) != 0;
  }
  [[nodiscard]] bool write(int of_piece, int block_index, std::vector<char> const& data) {
    return m_storage.write(piece(of_piece), block_index * block_size_bytes, data) != 0;
  }
  /// A block of its own with these bytes.
  [[nodiscard]] block_ref version(lt::span<char const> bytes) {
    auto block = m_storage.allocate();
    std::copy(bytes.begin(), bytes.end(), block.data());
    return block;
  }
  /// What peers send of a piece: all but its pads.
  void write_piece(int of_piece) {
    for (int b = 0; b < m_bytes.blocks_in_piece(of_piece); ++b)
      EXPECT_TRUE(m_bytes.is_pad_block(of_piece, b) || write(of_piece, b));
  }
  void pass(int of_piece) {
    write_piece(of_piece);
    m_storage.mark_passed(piece(of_piece));
  }

  /// What a worker does with a piece, when at least `least_blocks` can be hashed. Returns how many were.
  int hash_what_is_there(int of_piece, int least_blocks = 1, int most_blocks = 16) {
    int blocks = 0;
    auto const generation = m_storage.begin_hashing(piece(of_piece), least_blocks);
    while (auto run = generation ? m_storage.take_hash_run(piece(of_piece), generation, most_blocks) : std::nullopt) {
      blocks += static_cast<int>(std::max(run->v1.size(), run->v2.size()));
      run->work(m_storage.geometry());
      m_storage.return_hash_run(*run);
    }
    return blocks;
  }

  /// Whether `copy` gives the bytes that it should: "right", "not there" or where they go wrong.
  std::string copy(int of_piece, int offset, int size) {
    std::vector<char> out(static_cast<std::size_t>(size), '?');
    if (!m_storage.copy(piece(of_piece), offset, out)) return "not there";
    return compare(out, m_bytes.piece(of_piece).subspan(offset, size));
  }
  /// A few bytes as they are.
  std::string letters(int of_piece, int offset, int size) {
    std::string out(static_cast<std::size_t>(size), '?');
    EXPECT_TRUE(m_storage.copy(piece(of_piece), offset, {out.data(), size}));
    return out;
  }
  /// How many bytes a reader gets; -1 if any of them is wrong.
  std::int64_t read_passed(std::int64_t offset, std::int64_t max_bytes) {
    std::vector<char> read;
    for (auto const& slice : m_storage.read_passed(offset, max_bytes))
      read.insert(read.end(), slice.data, slice.data + slice.size_bytes);
    auto const right = m_bytes.all().subspan(offset);
    auto const bytes = std::ssize(read);
    return compare(read, right.first(std::min(bytes, right.size()))) == "right" ? bytes : -1;
  }
  /// Pieces that can go, first to go first.
  std::vector<int> candidates() {
    std::vector<int> pieces;
    for (eviction_order::walk walk(m_storage.order()); walk.current(); walk.advance())
      if (m_storage.can_go(walk.current()->piece)) pieces.push_back(static_cast<int>(walk.current()->piece));
    return pieces;
  }
  std::vector<int> resident() {
    std::vector<int> pieces;
    for (auto const p : m_storage.order().pieces()) pieces.push_back(static_cast<int>(p));
    return pieces;
  }

 private:
  static std::string compare(std::vector<char> const& got, lt::span<char const> right) {
    auto const wrong = std::mismatch(got.begin(), got.end(), right.begin(), right.end()).first;
    return wrong == got.end() ? "right" : "wrong from byte " + std::to_string(wrong - got.begin()) + " on";
  }

  std::shared_ptr<block_arena> m_arena;
  memory_storage m_storage;
  torrent_bytes m_bytes;
};

/// Four pieces of four blocks; the last one is short, and so is its last block.
inline lt::file_storage plain_layout() { return v1_layout(64 * 1024, {{3 * 64 * 1024 + 20'000}}); }

inline std::vector<char> block_of(char fill) { return std::vector<char>(block_size_bytes, fill); }

} // namespace memtorrent::test
