// A file of any size whose readers do what a test tells them: answer at once, from another thread, late, never, or
// fail.

#pragma once

#include "cache/block_arena.hpp"
#include "memtorrent/byte_source.hpp"
#include "support/event_count.hpp"

#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::test {

enum class reader_manner {
  answers_inside_the_call,
  answers_on_another_thread,
  /// A read waits until the reader is destroyed, which cancels it inside the destructor.
  waits_forever,
  /// As above, but the cancelled read completes only with `scripted_film::complete_late_reads`.
  outlived_by_its_read,
};

/// Set it up before it is served; the events may be asked from any thread. Outlives its readers.
class scripted_film {
 public:
  explicit scripted_film(std::int64_t size_bytes, reader_manner manner = reader_manner::answers_inside_the_call);
  scripted_film(scripted_film const&) = delete;
  scripted_film& operator=(scripted_film const&) = delete;
  ~scripted_film();

  /// Hands out blocks of `arena`, so that it counts what is held. Else the slices come without a block.
  void use_blocks_of(std::shared_ptr<block_arena> arena) { m_arena = std::move(arena); }

  /// Reads that start at or behind `offset` fail with `error`; others end before it.
  void fail_from(std::int64_t offset, boost::system::error_code error);

  /// No answer brings more than this, as when pieces trickle in.
  void answer_at_most(std::int64_t bytes) { m_most_bytes = bytes; }

  [[nodiscard]] std::unique_ptr<byte_source> open();

  /// What the file holds there.
  [[nodiscard]] std::string bytes(std::int64_t offset, std::int64_t size_bytes) const;

  [[nodiscard]] std::int64_t size_bytes() const noexcept { return m_size_bytes; }

  void complete_late_reads();

  event_count opened;
  event_count destroyed;
  event_count reads;
  /// The greatest length that a read asked for.
  std::int64_t longest_read_bytes = 0;

 private:
  class reader;

  [[nodiscard]] file_bytes answer(std::int64_t offset, std::int64_t max_bytes) const;
  [[nodiscard]] block_slice slice_at(std::int64_t offset, int size_bytes) const;

  std::int64_t const m_size_bytes;
  reader_manner const m_manner;
  std::int64_t m_fails_from = std::numeric_limits<std::int64_t>::max();
  boost::system::error_code m_failure;
  std::int64_t m_most_bytes = std::numeric_limits<std::int64_t>::max();
  std::shared_ptr<block_arena> m_arena;
  // One period of the contents, and a block more, so that any block's bytes are consecutive in it.
  std::string m_pattern;
  // Of readers that are gone. Touched by the server's thread, and by the test's when that has ended.
  std::vector<byte_source::read_handler> m_late_handlers;
  boost::asio::thread_pool m_other_thread{1};
};

} // namespace memtorrent::test
