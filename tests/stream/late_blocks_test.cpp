#include "stream/late_blocks.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace memtorrent {

namespace {

using namespace std::chrono_literals;
using test::block_bytes;

// Peers by their number, and who is asked for what.
class LateBlocks : public testing::Test {
 protected:
  std::vector<owed_block> owed;
  std::vector<known_sender> senders;
  std::vector<peer_handle> peers;

  LateBlocks() { std::generate_n(std::back_inserter(peers), 8, &peer_handle::without_connection); }

  int connect(std::int64_t blocks_per_second, int requested, std::chrono::milliseconds silent = 0ms) {
    senders.push_back({peers[senders.size()], true, blocks_per_second * block_bytes, requested, silent});
    return static_cast<int>(senders.size()) - 1;
  }
  void owes(int peer, int block, int before_it) {
    owed.push_back({block, peers[static_cast<std::size_t>(peer)], before_it});
  }

  std::vector<std::pair<int, int>> asked() {
    std::vector<std::pair<int, int>> found; // peer, block
    for (auto const& request : late_blocks(owed, senders))
      found.emplace_back(std::find(peers.begin(), peers.end(), request.peer) - peers.begin(), request.block);
    return found;
  }
};
using pairs = std::vector<std::pair<int, int>>;

TEST_F(LateBlocks, AreAskedOfAFastPeerWithNothingToDo) {
  int const slow = connect(8, 5), fast = connect(80, 0);
  owes(slow, 7, 4);
  EXPECT_EQ(asked(), (pairs{{fast, 7}}));
}

TEST_F(LateBlocks, AreLeftToAPeerThatWillSendThemSoon) {
  int const slow = connect(8, 1);
  connect(80, 0);
  owes(slow, 7, 0);
  EXPECT_EQ(asked(), pairs{}) << "0.12 s, and a round trip takes as long";
}

TEST_F(LateBlocks, AreLeftToASlowPeerWhileTheFastOnesAreBusy) {
  int const slow = connect(8, 5);
  connect(80, 28);
  owes(slow, 7, 4);
  EXPECT_EQ(asked(), pairs{}) << "0.6 s here, and 0.35 behind what good peers have to send";
}

TEST_F(LateBlocks, OfAPeerThatHasGoneSilentAreAskedOfAnother) {
  int const silent = connect(80, 3, 400ms), other = connect(80, 0);
  owes(silent, 5, 0);
  owes(silent, 6, 1);
  EXPECT_EQ(asked(), (pairs{{other, 5}, {other, 6}}));
}

TEST_F(LateBlocks, OfAPeerThatHasNeverSentAreAskedOfAnother) {
  int const fresh = connect(0, 8, 500ms), other = connect(80, 0);
  senders[static_cast<std::size_t>(fresh)].bytes_per_second = -1;
  owes(fresh, 5, 0);
  EXPECT_EQ(asked(), (pairs{{other, 5}}));
}

TEST_F(LateBlocks, OfAPeerThatChokesUsAreAskedOfAnother) {
  int const other = connect(80, 0);
  owes(5, 3, 0);
  EXPECT_EQ(asked(), (pairs{{other, 3}}));
}

TEST_F(LateBlocks, AreNotAskedOfAPeerThatMayNotBeAsked) {
  int const slow = connect(8, 5), quickest = connect(200, 0), next = connect(80, 0);
  senders[static_cast<std::size_t>(quickest)].may_be_asked = false;
  owes(slow, 7, 4);
  EXPECT_EQ(asked(), (pairs{{next, 7}})) << "it has not that piece, or is on parole";
}

TEST_F(LateBlocks, AreNotAskedOfAPeerThatGaveThemUp) {
  int const silent = connect(80, 1, 5s), gave_up = connect(80, 0), other = connect(40, 0);
  owes(silent, 7, 0);
  owed.push_back({7, peers[static_cast<std::size_t>(gave_up)], 0, true});
  EXPECT_EQ(asked(), (pairs{{other, 7}})) << "it has the request in its queue";
}

TEST_F(LateBlocks, AreLeftToAPeerWhoseAnswerIsOnItsWay) {
  int const far = connect(80, 1, 280ms);
  connect(80, 0);
  owes(far, 7, 0);
  EXPECT_EQ(asked(), pairs{}) << "that may be its round trip";
}

TEST_F(LateBlocks, AreNotMoreThanAPeerSendsInASecond) {
  int const silent = connect(80, 100, 60s), other = connect(40, 10);
  for (int i = 0; i < 100; ++i) owes(silent, i, i);
  EXPECT_EQ(asked().size(), 30U);
  EXPECT_EQ(asked()[0].first, other);
}

TEST_F(LateBlocks, AreSharedAmongTheQuickest) {
  int const slow = connect(8, 6), one = connect(80, 0), two = connect(80, 0);
  for (int i = 2; i < 6; ++i) owes(slow, 10 + i, i);
  EXPECT_EQ(asked(), (pairs{{one, 15}, {two, 14}, {one, 13}, {two, 12}})) << "what would come last first";
}

TEST_F(LateBlocks, AreNotAskedAgainWhileTheSecondPeerSends) {
  int const slow = connect(8, 5), fast = connect(80, 1);
  connect(80, 0);
  owes(slow, 7, 4);
  owes(fast, 7, 0);
  EXPECT_EQ(asked(), pairs{});
}

TEST_F(LateBlocks, AreAskedOfAThirdWhenTheSecondIsSilentToo) {
  int const one = connect(80, 1, 800ms), two = connect(80, 1, 500ms), three = connect(80, 0);
  owes(one, 7, 0);
  owes(two, 7, 0);
  EXPECT_EQ(asked(), (pairs{{three, 7}}));
}

TEST_F(LateBlocks, AreAskedOfNobodyWhoIsNotKnownToSend) {
  int const silent = connect(80, 1, 5s);
  connect(0, 0);
  owes(silent, 7, 0);
  EXPECT_EQ(asked(), pairs{});
}

} // namespace

} // namespace memtorrent
