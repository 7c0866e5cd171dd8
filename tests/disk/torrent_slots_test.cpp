#include "disk/torrent_slots.hpp"

#include "support/deaf_listener.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace memtorrent::test {

TEST(TorrentSlots, AreHeardByTheStandInWhileNobodyElseListens) {
  torrent_slot slot;
  auto const stand_in = std::make_shared<deaf_listener>();
  slot.stand_in = stand_in;
  EXPECT_EQ(slot.listener(), stand_in);
  auto player = std::make_shared<deaf_listener>();
  slot.player = player;
  EXPECT_EQ(slot.listener(), player);
  player.reset();
  EXPECT_EQ(slot.listener(), stand_in);
}

TEST(TorrentSlots, KeepNoListenerAlive) {
  torrent_slot slot;
  auto player = std::make_shared<deaf_listener>();
  slot.player = player;
  EXPECT_EQ(player.use_count(), 1);
  player.reset();
  EXPECT_FALSE(slot.listener());
}

} // namespace memtorrent::test
