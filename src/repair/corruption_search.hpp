// Finds out which peer lied about a piece that failed its hash, and what the piece should be instead.
//
// A v1 piece has one hash for all of its blocks, and those came from several peers. So some blocks of each peer that
// gave any are asked of other peers too, and compared. The bytes that a peer gives for a block are its *version* of the
// block. Two peers with the same version are both believed. Where versions differ, a third peer is asked, and whoever
// is outvoted is distrusted. All blocks that rest on a distrusted peer are asked of others, and the piece is hashed
// again.
//
//   samples: 1 of each peer, asked of two others --all equal--> 4 of each --> 16 --> all --> stuck
//      |                                                          ^
//      differ                                                     | wrong: there is another one
//      v                                                          |
//   a third opinion --> distrusted --> its blocks from others --> hash --right--> the liars are known
//
// When nothing is left to try, the last decision between peers is reversed: those that were believed may be liars that
// agree, or there were only two peers and it was a guess.
//
// Each round takes as long as a request waits at a peer, whatever its size. So rounds are few, each four times as large
// as the one before.
//
// Votes only guide the search; the hash convicts. When the piece has passed, a peer has lied if it gave a version of a
// block that is not in the piece, and only then (`liars`).
//
// Invariants:
//   1. A peer is asked for a block once, and never for one that it gave.
//   2. A distrusted peer is asked nothing, and what it says counts for nothing until the hash has spoken.
//   3. A block is replaced only when no trusted peer gave the version that is in the piece.
//   4. Every version that a peer gave is in the piece or kept.
//
// Thread safety: none of its own. It is a plain value, knows neither a session nor bytes, and has no clock.

#pragma once

#include <libtorrent/sha1_hash.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace memtorrent {

class corruption_search {
 public:
  /// A number that the caller gives to a peer.
  using peer = int;
  /// The giver of a block that is pad, which is never asked for.
  static constexpr peer nobody = -1;
  /// The SHA-1 of a block's bytes.
  using version = lt::sha1_hash;

  /// A peer that may be asked for any block of the piece now.
  struct sender {
    peer who = nobody;
    std::int64_t bytes_per_second = 0;
  };
  struct request {
    peer to = nobody;
    int block = 0;
  };
  struct replacement {
    int block = 0;
    version use;
    version instead_of;
  };
  /// What is to be done now, in this order.
  struct step {
    /// Versions that `received` had kept. What they replace is to be kept in their place.
    std::vector<replacement> put_in;
    std::vector<request> ask;
    /// The piece is to be hashed; if it is still wrong, say so (`hash_was_wrong`).
    bool hash = false;
    /// Nothing is left to try with these senders.
    bool is_stuck = false;
  };

  /// `given_by`: for each block of the piece. `seed`: samples are chosen at random, so that a liar cannot know which.
  corruption_search(std::vector<peer> const& given_by, std::uint32_t seed);

  /// This peer is known to lie: another repair found it, or it is banned.
  void distrust(peer liar);

  /// A peer's version of a block came, perhaps after it was given up (`lost`). `in_piece`: the version that the piece
  /// has. True if the bytes of `theirs` are to be kept.
  [[nodiscard]] bool received(peer from, int block, version const& theirs, version const& in_piece);
  /// A block that was asked for will not come, does not come in time, or could not be kept.
  void lost(peer from, int block);

  [[nodiscard]] step next(std::vector<sender> const& senders);
  void hash_was_wrong() { m_is_hashing = false; }

  /// Who gave a version that is not in the piece. REQUIRES: the piece has passed its hash.
  [[nodiscard]] std::vector<peer> liars() const;

  /// Blocks that were asked for and have not come.
  [[nodiscard]] int outstanding() const noexcept { return m_outstanding; }

 private:
  struct statement {
    peer by;
    version what;
  };
  struct block_state {
    peer given_by = nobody;
    std::optional<version> in_piece; // not known before it is compared
    std::vector<statement> said;     // with what the giver gave, once it is known
    std::vector<peer> asked;         // and have not answered
    std::vector<peer> unable;
    std::vector<version> kept; // every other version that was said
  };
  /// A version of a block, and the trusted peers that gave it.
  struct opinion {
    version what;
    std::vector<peer> by;
  };
  struct decision {
    std::vector<peer> believed;
    std::vector<peer> distrusted;
  };
  struct round;

  [[nodiscard]] bool is_trusted(peer p) const { return m_distrusted.count(p) + m_known_liars.count(p) == 0; }
  [[nodiscard]] std::vector<opinion> opinions(block_state const& b) const;
  [[nodiscard]] bool is_disputed(block_state const& b) const { return opinions(b).size() > 1; }
  [[nodiscard]] bool is_confirmed(block_state const& b) const;
  [[nodiscard]] bool is_unsupported(block_state const& b) const;
  [[nodiscard]] peer vouching_peer(block_state const& b) const;
  [[nodiscard]] int agreements(peer p) const;

  bool no_longer_asked(block_state& b, peer by);
  void count_votes();
  void guess(block_state const& b);
  void believe(opinion const& best, std::vector<opinion> const& all);
  bool reverse_last_decision();
  void replace(step& s);
  [[nodiscard]] std::optional<peer> choose(block_state const& b, round const& r) const;
  bool ask(int block, round& r);
  bool ask_for_opinions(round& r);
  void ask_for_replacements(round& r);
  void ask_for_samples(round& r);
  void sample(peer of, std::vector<int> blocks, round& r);

  std::vector<block_state> m_blocks;
  std::set<peer> m_known_liars;
  std::set<peer> m_distrusted;
  std::vector<decision> m_decisions; // that were not reversed
  int m_reversals = 0;
  std::map<peer, int> m_samples; // how many blocks of each peer are compared by now
  std::map<peer, int> m_asked;   // outstanding, of each peer
  int m_outstanding = 0;
  bool m_has_changed = false; // since it was hashed
  bool m_is_hashing = false;
  std::minstd_rand m_random;
};

} // namespace memtorrent
