#include "bridge/torrent_bridge.hpp"

#include <libtorrent/bt_peer_connection.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/torrent_info.hpp>

namespace memtorrent::torrent_bridge {

bool has_metadata(lt::torrent const& torrent) { return torrent.valid_metadata(); }

lt::sha1_hash right_hash(lt::torrent const& torrent, lt::piece_index_t piece) {
  auto const& info = torrent.torrent_file();
  return info.info_hashes().has_v1() ? info.hash_for_piece(piece) : lt::sha1_hash();
}

} // namespace memtorrent::torrent_bridge
