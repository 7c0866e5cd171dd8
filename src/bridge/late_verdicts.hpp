// Hears what libtorrent decides on a piece that was hashed when there was nothing yet to compare the hash with.
//
// A v2 torrent that began as a magnet link may have a piece before it has the hashes that the piece is compared with.
// Then libtorrent keeps the piece as neither right nor wrong, and decides when a peer has sent them
// (torrent::add_hashes) without asking the disk again.
//
// Thread: all of it on the network thread.

#pragma once

#include <libtorrent/extensions.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/units.hpp>

#include <functional>
#include <memory>
#include <set>
#include <utility>

namespace memtorrent {

class late_verdicts final : public lt::torrent_plugin {
 public:
  /// Adds itself to the torrent, for good. `decided` is called from inside libtorrent.
  static std::shared_ptr<late_verdicts> attach(lt::torrent_handle torrent,
                                               std::function<void(lt::piece_index_t)> decided);

  /// The piece is neither right nor wrong yet.
  void await(lt::piece_index_t piece) { m_awaited.insert(piece); }

  void on_piece_pass(lt::piece_index_t piece) override { decide(piece); }
  void on_piece_failed(lt::piece_index_t piece) override { decide(piece); }

 private:
  explicit late_verdicts(std::function<void(lt::piece_index_t)> decided) : m_decided(std::move(decided)) {}
  void decide(lt::piece_index_t piece);

  std::set<lt::piece_index_t> m_awaited;
  std::function<void(lt::piece_index_t)> const m_decided;
};

} // namespace memtorrent
