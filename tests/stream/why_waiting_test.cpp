#include "stream/why_waiting.hpp"

#include <gtest/gtest.h>

#include <libtorrent/address.hpp>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;

// Four peers, two of which have the piece; one of those lets us ask, and owes three blocks.
class WhyWaiting : public testing::Test {
 protected:
  wanted_piece_state piece;

  WhyWaiting() { piece.supply = {4, 2, 1, {lt::make_address("192.0.2.1"), 6881}, 3}; }
};

TEST_F(WhyWaiting, NamesWhoOwesBlocks) {
  EXPECT_EQ(why_waiting(piece), wait_reason::requested);
  wait_status wait;
  wait.reason = wait_reason::requested;
  wait.piece = lt::piece_index_t(12);
  wait.peer = piece.supply.owes_most;
  wait.blocks = 3;
  wait.owed = 2340ms;
  EXPECT_EQ(to_sentence(wait), "192.0.2.1:6881 has owed 3 blocks of piece 12 for 2.3 s");
  wait.blocks = 1;
  wait.failures = 2;
  EXPECT_EQ(to_sentence(wait), "192.0.2.1:6881 has owed 1 block of piece 12 for 2.3 s, which failed its hash 2 times");
}

TEST_F(WhyWaiting, SaysThatNobodyWasAskedYet) {
  piece.supply.blocks_owed = 0;
  EXPECT_EQ(why_waiting(piece), wait_reason::not_requested);
}

TEST_F(WhyWaiting, SaysThatPeersChoke) {
  piece.supply.let_us_ask = 0;
  EXPECT_EQ(why_waiting(piece), wait_reason::choked);
}

TEST_F(WhyWaiting, SaysThatNobodyHasIt) {
  piece.supply.have_it = 0;
  EXPECT_EQ(why_waiting(piece), wait_reason::nobody_has_it);
}

TEST_F(WhyWaiting, SaysThatNobodyIsThere) {
  piece.supply = {};
  EXPECT_EQ(why_waiting(piece), wait_reason::no_peers);
}

TEST_F(WhyWaiting, SaysThatThereIsNoSpaceWhateverPeersDo) {
  piece.was_dropped = true;
  EXPECT_EQ(why_waiting(piece), wait_reason::no_space);
}

TEST_F(WhyWaiting, SaysThatTheHashIsCheckedWhenAllIsThere) {
  piece.is_complete = true;
  piece.was_dropped = true;
  EXPECT_EQ(why_waiting(piece), wait_reason::checking);
}

TEST_F(WhyWaiting, HasASentenceForEachReasonButNone) {
  wait_status wait;
  EXPECT_EQ(to_sentence(wait), "");
  for (auto const reason :
       {wait_reason::no_peers, wait_reason::nobody_has_it, wait_reason::choked, wait_reason::no_space,
        wait_reason::not_requested, wait_reason::requested, wait_reason::checking}) {
    wait.reason = reason;
    EXPECT_NE(to_sentence(wait), "") << static_cast<int>(reason);
  }
}

} // namespace

} // namespace memtorrent
