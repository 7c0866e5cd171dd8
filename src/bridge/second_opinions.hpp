// Asks peers for blocks on the disk's own account, beside what libtorrent asks them for.
//
// It is a plugin of the torrent. libtorrent shows a plugin each block before it deals with it itself
// (peer_connection::incoming_piece). What was asked for here is looked at there, and then goes libtorrent's own way:
// the block counts as one that had been cancelled, its piece is complete, and so it is dropped. That keeps all of
// libtorrent's accounts of the peer right, with nothing to be put right afterwards; and what was fetched twice counts
// as redundant, which it is.
//
// A request ends with the block, with a reject (BEP 6), with a choke, or with the connection. A peer without the fast
// extension drops its queue when it chokes; one with it sends rejects or the blocks, which are then not needed here.
//
// Thread: all of it on the network thread.

#pragma once

#include <libtorrent/extensions.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/span.hpp>

#include <memory>
#include <vector>

namespace libtorrent {
struct peer_connection;
} // namespace libtorrent

namespace memtorrent {

/// Who asks. Its members are called while libtorrent handles a message of the peer.
class block_receiver {
 public:
  virtual ~block_receiver() = default;
  /// The bytes are there until this returns.
  virtual void on_block(lt::peer_connection& from, lt::peer_request const& block, lt::span<char const> bytes) = 0;
  /// It will not come.
  virtual void on_no_block(lt::peer_connection& from, lt::peer_request const& block) = 0;
};

class second_opinions final : public lt::torrent_plugin, public std::enable_shared_from_this<second_opinions> {
 public:
  /// Adds itself to the torrent of a peer, for good.
  static std::shared_ptr<second_opinions> attach(lt::peer_connection& peer);

  /// `block`: one whole block. REQUIRES: the peer has it, does not choke us, and was not asked for it by `receiver`.
  void ask(lt::peer_connection& peer, lt::peer_request const& block, std::weak_ptr<block_receiver> receiver);
  /// What comes of it is not for that receiver any more.
  void forget(lt::peer_connection const& peer, lt::peer_request const& block);

  std::shared_ptr<lt::peer_plugin> new_connection(lt::peer_connection_handle const& peer) override;

  /// What a peer did, said by its plugin.
  void block_came(lt::peer_connection& from, lt::peer_request const& block, lt::span<char const> bytes);
  void block_was_rejected(lt::peer_connection& from, lt::peer_request const& block);
  void peer_stopped(lt::peer_connection& peer);

 private:
  struct pending {
    lt::peer_connection const* peer;
    lt::peer_request block;
    std::weak_ptr<block_receiver> receiver;
  };

  /// Takes the request out. Null if there is none, or nobody waits for it any more.
  std::shared_ptr<block_receiver> take(lt::peer_connection const& peer, lt::peer_request const& block);

  std::vector<pending> m_pending;
};

} // namespace memtorrent
