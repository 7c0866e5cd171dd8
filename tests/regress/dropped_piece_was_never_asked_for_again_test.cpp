// A piece all of whose blocks were dropped for want of space stayed in libtorrent's piece picker as a download without
// blocks, in the queue of unwanted pieces, and was never picked from again: the reader waited for ever.

#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <future>

namespace memtorrent::test {

namespace {

TEST(Regress, DroppedPieceWasNeverAskedForAgain) {
  // Pieces of one block: to drop a block is to drop the piece.
  film const f({.size_bytes = 16 * MiB, .piece_length_bytes = block_size_bytes});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 4 * MiB);
  auto reader = p->open();

  // Holds on to every byte, until what is held and the end of the file, which is pinned, are all that is there: then
  // nothing can make space any more.
  auto const end_of_file = streaming_options().file_tail_bytes;
  std::vector<file_bytes> held;
  std::int64_t offset = 0;
  boost::system::error_code ec;
  while (offset < 2 * MiB || p->disk.stats().used_bytes > offset + end_of_file) {
    held.push_back(reader->read(offset, 64 * 1024, ec));
    ASSERT_FALSE(ec) << ec.message();
    offset += total_bytes(held.back());
  }
  std::promise<std::int64_t> next;
  reader->async_read(offset, 64 * 1024,
                     [&](boost::system::error_code, file_bytes bytes) { next.set_value(total_bytes(bytes)); });
  auto answer = next.get_future();
  ASSERT_TRUE(p->wait_until([&] { return p->disk.stats().blocks_dropped >= 10; }));

  held.clear();

  ASSERT_EQ(answer.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  EXPECT_GT(answer.get(), 0);
  EXPECT_EQ(p->read_and_compare(*reader, offset, f.size_bytes() - offset), "");
  EXPECT_LE(p->disk.stats().peak_bytes, 4 * MiB);
  EXPECT_TRUE(p->problems().empty()) << p->problems().front();
}

} // namespace

} // namespace memtorrent::test
