#include "support/event_count.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>

// A seed that takes requests and sends nothing holds a part of every piece that is asked of it.

namespace memtorrent::test {

namespace {

using clock = std::chrono::steady_clock;

// Reads all of it; the longest that a read took.
clock::duration longest_read(film_player& player, byte_source& reader, std::int64_t size_bytes) {
  clock::duration longest{};
  for (std::int64_t offset = 0; offset < size_bytes; offset += MiB) {
    auto const begin = clock::now();
    EXPECT_EQ(player.read_and_compare(reader, offset, MiB), "");
    longest = std::max(longest, clock::now() - begin);
  }
  return longest;
}

TEST(SilentSeed, HoldsNothingUpForLongWhenAnotherSendsWell) {
  film const f({.size_bytes = 32 * MiB, .piece_length_bytes = 2 * MiB});
  swarm s;
  s.silent_seed(f);
  s.seed(f);
  // libtorrent's own ways to do without a peer come too late to help.
  auto p = s.play(f, 16 * MiB, [](lt::settings_pack& pack) {
    pack.set_int(lt::settings_pack::piece_timeout, 300);
    pack.set_int(lt::settings_pack::request_timeout, 300);
  });
  auto reader = p->open();
  EXPECT_LT(longest_read(*p, *reader, f.size_bytes()), patience);
}

TEST(SilentSeed, IsNamedAsTheReasonOfAWait) {
  film const f({.size_bytes = 32 * MiB, .piece_length_bytes = 2 * MiB});
  swarm s;
  auto& silent = s.silent_seed(f);
  auto p = s.play(f, 16 * MiB);
  auto reader = p->open();
  reader->async_read(0, 1, [](boost::system::error_code, file_bytes const&) {});
  wait_status wait;
  ASSERT_TRUE(p->wait_until([&] {
    auto const readers = p->stream->status();
    if (!readers.empty()) wait = readers[0].wait;
    return wait.reason == wait_reason::requested && wait.owed > std::chrono::seconds(1);
  }));
  EXPECT_EQ(wait.peer, silent.endpoint());
  EXPECT_GT(wait.blocks, 0);
  EXPECT_GE(wait.time, wait.owed);
}

} // namespace

} // namespace memtorrent::test
