// What libtorrent decided about pieces that were hashed, and what follows.
//
//   hashed --passed--> readers may see it, its stream is told
//          \--no hash to compare with yet--> late_verdicts, then passed or failed
//          \--failed--> its stream is told; in a check of the whole torrent the piece is evicted instead
//
// Thread: the network thread.

#pragma once

#include "bridge/network_thread.hpp"
#include "disk/space_signal.hpp"
#include "disk/torrent_slots.hpp"

#include <memory>
#include <utility>

namespace memtorrent {

class piece_verdicts {
 public:
  /// All of these outlive it.
  piece_verdicts(torrent_slots& torrents, std::shared_ptr<network_thread> network, space_signal const& signal)
      : m_torrents(torrents), m_network(std::move(network)), m_signal(signal) {}

  /// libtorrent has just decided, inside the handler of the hash, whether the piece is had. `checking`: in a check of
  /// the whole torrent.
  void piece_hashed(memory_storage& storage, lt::piece_index_t piece, bool checking);

 private:
  void await(torrent_slot& slot, lt::piece_index_t piece);
  void decided_late(memory_storage const& storage, lt::piece_index_t piece);
  static void passed(torrent_slot const& slot, lt::piece_index_t piece);
  static void failed(torrent_slot const& slot, lt::piece_index_t piece);

  torrent_slots& m_torrents;
  std::shared_ptr<network_thread> const m_network;
  space_signal const& m_signal;
};

} // namespace memtorrent
