// Repairs one piece that failed its hash, while libtorrent waits for the answer to its hash.
//
// libtorrent would throw the piece away and fetch all of it again, perhaps from the liar. But its blocks are all here.
// `corruption_search` says which blocks to ask of which peer. This class asks (`second_opinions`), compares, puts other
// versions in, and has the piece hashed again. If the piece passes, libtorrent gets the right hash, as if the piece had
// never failed, and the liars are banned. If the repair is given up, libtorrent gets the wrong hash.
//
// Before that, the piece is put back as it was: libtorrent's smart ban plugin reads it then, and would blame the peer
// that gave a block for the bytes that replaced it.
//
// Memory: a block that arrives again is compared in libtorrent's receive buffer. If it differs, it is kept in a block
// of the arena until the repair is over. That is within the budget: other pieces go for it, as for any block that
// arrives.
//
// Thread: the network thread.

#pragma once

#include "bridge/second_opinions.hpp"
#include "cache/memory_storage.hpp"
#include "repair/corruption_search.hpp"
#include "repair/hash_handler.hpp"

#include <libtorrent/io_context.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace libtorrent {
struct torrent;
struct torrent_peer;
} // namespace libtorrent

namespace memtorrent {

/// How long things may take.
struct repair_limits {
  /// A whole repair.
  std::chrono::milliseconds longest{0};
  /// One block, before another peer is asked for it as well.
  std::chrono::milliseconds patience{0};
};

class piece_repair final : public block_receiver, public std::enable_shared_from_this<piece_repair> {
 public:
  struct task {
    std::shared_ptr<memory_storage> storage;
    std::shared_ptr<lt::torrent> torrent;
    lt::piece_index_t piece{0};
    lt::sha1_hash wrong; // what it hashes to
    lt::sha1_hash right;
    hash_handler handler;      // libtorrent's
    answered_handler answered; // runs after it
  };

  /// What a repair needs of others.
  class mediator {
   public:
    virtual ~mediator() = default;
    /// Memory for a version of one of the piece's blocks, within the budget; empty if there is no space.
    virtual block_ref block_for(task const& what) = 0;
    /// Has the piece hashed as it is now; then `hashed` is called. False if a block of it is not there.
    virtual bool hash(piece_repair& repair) = 0;
    /// The repair is over, and libtorrent is to get this hash.
    virtual void answer(piece_repair& repair, lt::sha1_hash const& hash) = 0;
    /// A peer is known to have lied.
    virtual void convict(piece_repair const& by, lt::peer_connection& liar) = 0;
  };

  /// `givers`: the peer that gave each block (picker_bridge::givers). REQUIRES: the piece's hash is requested.
  piece_repair(task what, std::vector<lt::torrent_peer*> const& givers, std::shared_ptr<second_opinions> opinions,
               repair_limits const& limits, lt::io_context& io, mediator& services);

  void begin() { advance(); }
  /// A peer was convicted of lying about another piece.
  void distrust(lt::peer_connection const& liar);
  /// Ends the repair without an answer: nothing more is asked or changed.
  void end();
  /// The piece was hashed as it is now.
  void hashed(lt::sha1_hash const& hash, lt::storage_error const& error);

  [[nodiscard]] task& what() noexcept { return m_what; }

  void on_block(lt::peer_connection& from, lt::peer_request const& block, lt::span<char const> bytes) override;
  void on_no_block(lt::peer_connection& from, lt::peer_request const& block) override;

 private:
  using clock = std::chrono::steady_clock;
  struct known_peer {
    lt::torrent_peer const* identity;
    std::weak_ptr<lt::peer_connection> connection; // none, if it had left before
    bool is_late = false;
  };
  struct pending {
    corruption_search::request request;
    clock::time_point due;
    bool is_late = false;
  };

  std::vector<corruption_search::peer> number(std::vector<lt::torrent_peer*> const& givers);
  corruption_search::peer number_of(lt::peer_connection& peer);
  std::vector<corruption_search::sender> senders();
  [[nodiscard]] lt::peer_request request_for(int block) const;
  bool no_longer_pending(corruption_search::peer from, int block);

  void advance();
  void advance_soon();
  void ask(corruption_search::request const& r);
  bool put_in(corruption_search::replacement const& r);
  void put_back();
  void wait();
  void look_at_clock();
  void succeed();
  void give_up();

  task m_what;
  std::shared_ptr<second_opinions> const m_opinions;
  repair_limits const m_limits;
  lt::io_context& m_io;
  mediator& m_mediator;
  std::vector<known_peer> m_peers; // by their number
  corruption_search m_search;
  std::map<std::pair<int, lt::sha1_hash>, block_ref> m_kept; // versions that are not in the piece
  std::map<int, lt::sha1_hash> m_originals;                  // of blocks that were replaced
  std::vector<pending> m_pending;
  boost::asio::steady_timer m_timer;
  clock::time_point const m_end;
  bool m_will_advance = false;
  bool m_is_hashing = false;
  bool m_is_over = false;
};

} // namespace memtorrent
