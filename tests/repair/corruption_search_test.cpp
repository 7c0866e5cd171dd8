#include "repair/corruption_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <vector>

// Peers that say of each block what a script has them say, on a piece that is hashed by looking at all of it.

namespace memtorrent::test {

namespace {

using peer = corruption_search::peer;
using version = corruption_search::version;

version const right("the right bytes.....");
version a_lie(int number) {
  version v("some wrong bytes....");
  v[19] = static_cast<std::uint8_t>(number);
  return v;
}

/// A piece of `blocks` blocks that `givers` took turns in giving, and what each peer says of each block.
class scripted_piece {
 public:
  scripted_piece(int blocks, int givers) {
    for (int b = 0; b < blocks; ++b) m_given_by.push_back(b % givers);
  }

  /// All of its blocks are wrong, or one in `every`; `like` tells its lie from others'.
  void lies(peer who, int like, int every = 1) {
    int const givers = *std::max_element(m_given_by.begin(), m_given_by.end()) + 1;
    m_lies[who] = [=](int block) { return block / givers % every == 0 ? a_lie(like) : right; };
  }
  void stays_silent(peer who) { m_silent.insert(who); }
  void give_pad(int block) { m_given_by[static_cast<std::size_t>(block)] = corruption_search::nobody; }
  void distrust(peer who) { m_distrusted.push_back(who); }

  /// Repairs it with the help of these peers. True if it came right.
  bool repair(std::vector<peer> const& helpers, std::uint32_t seed = 1) {
    corruption_search search(m_given_by, seed);
    for (auto const who : m_distrusted) search.distrust(who);
    m_piece.clear();
    for (std::size_t b = 0; b < m_given_by.size(); ++b) m_piece.push_back(says(m_given_by[b], static_cast<int>(b)));
    std::vector<corruption_search::sender> senders;
    for (auto const who : helpers) senders.push_back({who, rates.count(who) > 0 ? rates[who] : 1'000'000});

    for (rounds = 0; rounds < 100; ++rounds) {
      auto const step = search.next(senders);
      for (auto const& r : step.put_in) {
        auto& in_piece = m_piece[static_cast<std::size_t>(r.block)];
        EXPECT_EQ(in_piece, r.instead_of);
        in_piece = r.use;
      }
      if (step.hash) {
        ++hashes;
        if (std::all_of(m_piece.begin(), m_piece.end(), [](version const& v) { return v == right; })) {
          liars = search.liars();
          return true;
        }
        search.hash_was_wrong();
      }
      if (step.is_stuck) return false;
      for (auto const& r : step.ask) answer(search, r);
    }
    ADD_FAILURE() << "it does not end";
    return false;
  }

  std::map<peer, std::int64_t> rates;
  std::map<peer, std::vector<int>> asked;
  std::vector<peer> liars;
  int rounds = 0;
  int hashes = 0;

 private:
  version says(peer who, int block) { return m_lies.count(who) > 0 ? m_lies[who](block) : right; }

  void answer(corruption_search& search, corruption_search::request const& r) {
    EXPECT_NE(m_given_by[static_cast<std::size_t>(r.block)], r.to) << "asked of the peer that gave it";
    EXPECT_EQ(std::count(asked[r.to].begin(), asked[r.to].end(), r.block), 0) << "asked twice";
    asked[r.to].push_back(r.block);
    if (m_silent.count(r.to) > 0)
      search.lost(r.to, r.block);
    else
      (void)search.received(r.to, r.block, says(r.to, r.block), m_piece[static_cast<std::size_t>(r.block)]);
  }

  std::vector<peer> m_given_by;
  std::map<peer, std::function<version(int)>> m_lies;
  std::set<peer> m_silent;
  std::vector<peer> m_distrusted;
  std::vector<version> m_piece;
};

std::size_t total(std::map<peer, std::vector<int>> const& asked) {
  std::size_t sum = 0;
  for (auto const& of_peer : asked) sum += of_peer.second.size();
  return sum;
}

} // namespace

// ---- one liar ----

TEST(CorruptionSearch, FindsWhoCorruptsEverythingWithOneSampleOfEach) {
  scripted_piece piece(128, 6);
  piece.lies(3, 1);
  ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(piece.liars, std::vector<peer>{3});
  EXPECT_LE(piece.rounds, 3);
  EXPECT_EQ(piece.hashes, 1);
  EXPECT_LT(total(piece.asked), 12U + 22U + 4U) << "two opinions on six samples, the liar's blocks, and little more";
}

TEST(CorruptionSearch, FindsWhoCorruptsOneBlockInEight) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    scripted_piece piece(128, 6);
    piece.lies(2, 1, 8);
    ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4, 5}, seed)) << seed;
    EXPECT_EQ(piece.liars, std::vector<peer>{2}) << seed;
    EXPECT_LE(piece.rounds, 7) << seed;
  }
}

TEST(CorruptionSearch, FindsWhoCorruptsASingleBlock) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    scripted_piece piece(128, 6);
    piece.lies(2, 1, 1000);
    ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4, 5}, seed)) << seed;
    EXPECT_EQ(piece.liars, std::vector<peer>{2}) << seed;
  }
}

TEST(CorruptionSearch, NeedsOnlyTheLiarsBlocksWhenTheLiarIsKnown) {
  scripted_piece piece(128, 6);
  piece.lies(0, 1);
  piece.distrust(0);
  ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(piece.asked[0].size(), 0U);
  EXPECT_EQ(piece.liars, std::vector<peer>{0});
}

TEST(CorruptionSearch, FindsALiarThatHasLeft) {
  scripted_piece piece(32, 4);
  piece.lies(3, 1);
  ASSERT_TRUE(piece.repair({0, 1, 2}));
  EXPECT_EQ(piece.liars, std::vector<peer>{3});
}

// ---- few to ask ----

TEST(CorruptionSearch, AsksAThirdPeerWhichOfTwoIsRight) {
  scripted_piece piece(32, 2);
  piece.lies(1, 1, 8);
  ASSERT_TRUE(piece.repair({0, 1, 2}));
  EXPECT_EQ(piece.liars, std::vector<peer>{1});
}

TEST(CorruptionSearch, TriesBothWhenTwoPeersDifferAndThereIsNobodyElseToAsk) {
  for (peer const liar : {0, 1}) {
    scripted_piece piece(32, 2);
    piece.lies(liar, 1);
    ASSERT_TRUE(piece.repair({0, 1})) << liar;
    EXPECT_EQ(piece.liars, std::vector<peer>{liar});
    EXPECT_LE(piece.hashes, 2);
  }
}

TEST(CorruptionSearch, BelievesTheOnlyOtherPeerAgainstOneThatHasLeft) {
  scripted_piece piece(32, 2);
  piece.lies(1, 1);
  ASSERT_TRUE(piece.repair({0}));
  EXPECT_EQ(piece.liars, std::vector<peer>{1});
}

TEST(CorruptionSearch, IsStuckWithNobodyToAsk) {
  scripted_piece piece(32, 2);
  piece.lies(1, 1);
  EXPECT_FALSE(piece.repair({}));
  EXPECT_EQ(piece.rounds, 0);
}

TEST(CorruptionSearch, AsksSomebodyElseForWhatAPeerDoesNotSend) {
  scripted_piece piece(32, 4);
  piece.lies(0, 1);
  piece.stays_silent(1);
  ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4}));
  EXPECT_EQ(piece.liars, std::vector<peer>{0});
}

// ---- two liars ----

TEST(CorruptionSearch, FindsTwoLiarsThatDifferFromEachOther) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    scripted_piece piece(128, 6);
    piece.lies(1, 1);
    piece.lies(4, 2, 8);
    ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4, 5}, seed)) << seed;
    EXPECT_EQ(piece.liars, (std::vector<peer>{1, 4})) << seed;
  }
}

TEST(CorruptionSearch, FindsTwoLiarsThatAgree) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    scripted_piece piece(128, 6);
    piece.lies(1, 1);
    piece.lies(4, 1);
    ASSERT_TRUE(piece.repair({0, 1, 2, 3, 4, 5}, seed)) << seed;
    EXPECT_EQ(piece.liars, (std::vector<peer>{1, 4})) << seed;
  }
}

TEST(CorruptionSearch, FindsTwoLiarsThatAgreeAgainstOneWhoIsRight) {
  scripted_piece piece(32, 3);
  piece.lies(0, 1);
  piece.lies(2, 1);
  ASSERT_TRUE(piece.repair({0, 1, 2}));
  EXPECT_EQ(piece.liars, (std::vector<peer>{0, 2}));
}

TEST(CorruptionSearch, FindsALiarThatGaveNothingButLiesWhenAsked) {
  scripted_piece piece(64, 3);
  piece.lies(0, 1);
  piece.lies(5, 2);
  ASSERT_TRUE(piece.repair({0, 1, 2, 3, 5}));
  EXPECT_EQ(piece.liars.front(), 0);
}

TEST(CorruptionSearch, EndsAndConvictsNobodyWhoIsInnocentWhateverPeersDo) {
  std::minstd_rand random(1);
  auto const one_in = [&](unsigned n) { return random() % n == 0; };
  int repaired = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    scripted_piece piece(64, 6);
    std::set<peer> guilty;
    for (peer who = 0; who < 8; ++who) {
      if (one_in(3)) {
        guilty.insert(who);
        piece.lies(who, one_in(2) ? 1 : who + 2, one_in(2) ? 1 : 5);
      }
      if (one_in(8)) piece.stays_silent(who);
    }
    std::vector<peer> helpers;
    for (peer who = 0; who < 8; ++who)
      if (!one_in(8)) helpers.push_back(who);
    if (!piece.repair(helpers, seed)) continue;
    ++repaired;
    for (auto const who : piece.liars) EXPECT_EQ(guilty.count(who), 1U) << seed;
  }
  EXPECT_GT(repaired, 200);
}

// ---- whom it asks ----

TEST(CorruptionSearch, AsksPeersInProportionToTheirRate) {
  scripted_piece piece(128, 4);
  piece.lies(0, 1);
  piece.distrust(0);
  piece.rates = {{1, 3'000'000}, {2, 1'000'000}};
  ASSERT_TRUE(piece.repair({1, 2}));
  EXPECT_GT(piece.asked[1].size(), 2 * piece.asked[2].size());
  EXPECT_GT(piece.asked[2].size(), 0U);
}

TEST(CorruptionSearch, NeverAsksForPads) {
  scripted_piece piece(16, 2);
  for (int const pad : {14, 15}) piece.give_pad(pad);
  piece.lies(1, 1, 1000);
  ASSERT_TRUE(piece.repair({0, 1, 2, 3}));
  for (auto const& [who, blocks] : piece.asked)
    for (int const block : blocks) EXPECT_LT(block, 14) << who;
}

TEST(CorruptionSearch, HasNoMoreThan64BlocksUnsettled) {
  corruption_search search(std::vector<peer>(1024, 0), 1);
  search.distrust(0);
  auto const step = search.next({{1, 1000}, {2, 1000}});
  EXPECT_LE(step.ask.size(), 64U);
  EXPECT_GT(step.ask.size(), 32U);
  EXPECT_EQ(search.outstanding(), static_cast<int>(step.ask.size()));
}

} // namespace memtorrent::test
