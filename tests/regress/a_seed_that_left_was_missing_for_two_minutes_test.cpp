// A torrent that had everything was told so to its seeds, which left. When half of it was evicted for the player of
// another torrent, its own player waited for libtorrent to connect again, which it does after two minutes.

#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

namespace memtorrent::test {

namespace {

TEST(Regress, ASeedThatLeftWasMissingForTwoMinutes) {
  film const f({.size_bytes = 8 * MiB});
  swarm s;
  auto& seeder = s.seed(f, [](lt::settings_pack& pack) {
    // It is for us to come back.
    pack.set_bool(lt::settings_pack::seeding_outgoing_connections, false);
  });
  auto p = s.play(f, 2 * MiB);
  auto reader = p->open();
  ASSERT_EQ(p->read_and_compare(*reader, 0, MiB), "");
  ASSERT_TRUE(p->wait_until([&] { return p->torrent.status().is_finished; })) << "the window is full";

  for (auto const& torrent : seeder.session().get_torrents()) {
    torrent.pause();
    ASSERT_TRUE(p->wait_until([&] { return p->torrent.status().num_peers == 0; }));
    torrent.resume();
  }
  EXPECT_TRUE(p->gets_bytes_at(*reader, 7 * MiB)) << "the seed has not come back";
}

} // namespace

} // namespace memtorrent::test
