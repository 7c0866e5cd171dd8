// While nobody is left, the player tries the peers that it knows after 1, 2, 4 seconds and so on. libtorrent gives a
// peer up after three attempts (`max_failcount`), and so an outage of seven seconds had cost all peers until a tracker
// named them again.

#include "bridge/reconnect.hpp"
#include "disk/memory_disk_state.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <libtorrent/alert_types.hpp>

#include <gtest/gtest.h>

namespace memtorrent::test {

TEST(Regress, PeersThatFailedThreeTimesWereNeverTriedAgain) {
  film const f({.size_bytes = MiB});
  swarm s;
  lt::tcp::endpoint const nobody = s.seed(f).endpoint();
  s.end_last();
  auto p = s.play(f, 8 * MiB);
  auto reader = p->open();
  reader->async_read(0, 1, [](boost::system::error_code, file_bytes const&) {});

  auto const fails = [&] {
    return p->wait_for([](lt::alert const& alert) {
      auto const* const failed = lt::alert_cast<lt::peer_disconnected_alert>(&alert);
      return failed && failed->op == lt::operation_t::connect;
    });
  };
  p->torrent.connect_peer(nobody);
  ASSERT_TRUE(fails());
  for (int attempt = 2; attempt <= 6; ++attempt) {
    p->disk.state()->network()->post([&] { reconnect_dropped_peers(p->torrent); });
    EXPECT_TRUE(fails()) << "attempt " << attempt;
  }
}

} // namespace memtorrent::test
