// What a torrent in memory should hold, kept in the simplest way: a map from each block to the writes of it.
//
// Answers come later than requests, and are expected to be as things were at the moment of the request. So a request
// takes a `moment` along, and its answer is compared with what had been written by then. Where memory may let go of a
// block or not take it, the model does not know which it did, before an answer says so: it knows what *may* be there.

#pragma once

#include "support/layout.hpp"

#include <libtorrent/sha1_hash.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace memtorrent::test {

class map_torrent {
 public:
  /// Counts requests.
  using moment = std::uint64_t;

  /// `shape`: any bytes; what counts is where there are none, because there are pads.
  explicit map_torrent(std::shared_ptr<torrent_bytes const> shape) : m_shape(std::move(shape)) {}

  [[nodiscard]] lt::file_storage const& layout() const { return m_shape->layout(); }
  [[nodiscard]] int num_pieces() const { return layout().num_pieces(); }
  [[nodiscard]] int piece_bytes(int piece) const { return layout().piece_size(lt::piece_index_t(piece)); }
  [[nodiscard]] int num_blocks(int piece) const { return m_shape->blocks_in_piece(piece); }
  [[nodiscard]] int num_v2_blocks(int piece) const;
  [[nodiscard]] bool is_pad_block(int piece, int block) const { return m_shape->is_pad_block(piece, block); }

  /// The moment of a request that is made now.
  [[nodiscard]] moment now() { return ++m_clock; }

  // What happens.

  /// A write of bytes that differ from those of every other `number`, up to a million.
  moment begin_write(int piece, int block, std::uint64_t number);
  /// The bytes of the write that has just begun, as a peer sends them.
  [[nodiscard]] std::vector<char> last_written(int piece, int block) const;
  void end_write(int piece, int block, moment when, bool taken);
  /// A check begins: blocks of a piece that is not complete may go.
  void begin_check();
  /// At `when` the block was not there.
  void saw_missing(int piece, int block, moment when);

  // What answers must be.

  /// True if nothing of the run can have been missing at `when`, unless for want of space.
  [[nodiscard]] bool was_there(int piece, int start, int length, moment when) const;
  [[nodiscard]] bool was_complete(int piece, moment when) const {
    return was_there(piece, 0, piece_bytes(piece), when);
  }
  /// True if a check may have let the block of that write go.
  [[nodiscard]] bool may_have_gone(int piece, int block, moment write) const;
  [[nodiscard]] bool can_be(int piece, int start, lt::span<char const> bytes, moment when) const;
  [[nodiscard]] bool can_be_v1_hash(int piece, lt::sha1_hash const& hash, moment when) const;
  [[nodiscard]] bool can_be_v2_hashes(int piece, std::vector<lt::sha256_hash> const& hashes, moment when) const;
  [[nodiscard]] bool can_be_v2_hash(int piece, int block, lt::sha256_hash const& hash, moment when) const;

 private:
  struct written {
    moment when = 0;
    std::uint64_t number = 0;
    enum class outcome { pending, taken, refused } is = outcome::pending;
    bool may_go = false;
  };
  struct block_writes {
    std::vector<written> writes;
    std::vector<moment> missing; // when it was not there
    [[nodiscard]] bool was_missing_between(moment write, moment request) const;
  };

  [[nodiscard]] block_writes const* find(int piece, int block) const;
  [[nodiscard]] int block_bytes(int piece, int block) const {
    return static_cast<int>(m_shape->block(piece, block).size());
  }
  [[nodiscard]] std::vector<char> content(int piece, int block, std::uint64_t number) const;
  [[nodiscard]] std::vector<std::vector<char>> candidates(int piece, int block, moment when) const;

  std::shared_ptr<torrent_bytes const> const m_shape;
  std::map<std::pair<int, int>, block_writes> m_blocks;
  moment m_clock = 0;
};

} // namespace memtorrent::test
