// A recheck that makes space drops all peers. They were meant to be connected to again at once; but libtorrent waits a
// minute, also when it is told of them anew. Only after an encrypted connection, and only twice, it does not.

#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>
#include <libtorrent/alert_types.hpp>

namespace memtorrent::test {

namespace {

TEST(Regress, PeersWereMissingForAMinuteAfterARecheck) {
  film const f({.size_bytes = 8 * MiB});
  swarm s;
  s.seed(f, [](lt::settings_pack& pack) { pack.set_bool(lt::settings_pack::close_redundant_connections, false); });
  auto p = s.play(f, 16 * MiB, [](lt::settings_pack& pack) {
    pack.set_int(lt::settings_pack::out_enc_policy, lt::settings_pack::pe_disabled);
  });
  auto reader = p->open();
  ASSERT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "");
  ASSERT_TRUE(p->wait_until([&] { return p->torrent.status().state == lt::torrent_status::seeding; }));

  p->problems(); // so that what is waited for is news
  p->disk.set_budget(2 * MiB);
  ASSERT_TRUE(p->wait_for([](lt::alert const& a) { return lt::alert_cast<lt::torrent_checked_alert>(&a) != nullptr; }));
  EXPECT_TRUE(p->gets_bytes_at(*reader, 0)) << "no peer has come back";
}

} // namespace

} // namespace memtorrent::test
