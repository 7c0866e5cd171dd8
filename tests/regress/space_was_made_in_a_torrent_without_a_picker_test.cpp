// A finished torrent has no piece picker, and gets a new one with the first piece of a check. While such a check waits
// to begin, its pieces may have to go: the picker that is not there was used.

#include "support/film.hpp"
#include "support/hybrid_session.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

namespace memtorrent::test {

namespace {

TEST(Regress, SpaceWasMadeInATorrentWithoutAPicker) {
  film const f({.size_bytes = 8 * MiB});
  swarm s;
  s.seed(f);
  auto p = s.play(f, 16 * MiB);
  auto reader = p->open();
  ASSERT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  ASSERT_TRUE(p->wait_until([&] { return is_seeding(p->torrent); }));
  reader.reset();

  p->torrent.pause(); // its check does not begin
  p->torrent.force_recheck();
  p->disk.set_budget(2 * MiB);
  EXPECT_TRUE(p->wait_until([&] { return p->disk.stats().used_bytes <= 2 * MiB; }));
  p->torrent.resume();
  reader = p->open();
  EXPECT_TRUE(p->gets_bytes_at(*reader, 4 * MiB));
}

} // namespace

} // namespace memtorrent::test
