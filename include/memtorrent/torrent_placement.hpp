// The embedder's mark on a torrent: where its data is to live.
//
//   memtorrent::torrent_placement placement;
//   placement.where = memtorrent::place::files;
//   params.userdata = lt::client_data_t(&placement); // params: an lt::add_torrent_params
//
// Thread safety and ownership: memtorrent only reads it, on libtorrent's network thread, when the torrent's files
// become known: while it is added, or, for a magnet link, when its metadata has come. The embedder owns it, keeps it
// alive until the torrent has left the session, and does not change it meanwhile.
//
// libtorrent gives user data back only as the type that was put in: a pointer to this very type, not to const and not
// to a derived class. If you need `userdata` for something else, set no mark; with a hybrid disk,
// `hybrid_disk_config::choose` decides then.

#pragma once

#include <cstdint>

namespace memtorrent {

class torrent_pieces;

enum class place {
  /// In RAM, within the budget of the session's memory disk I/O.
  memory,
  /// In files under the torrent's save path, by the disk I/O for files (`hybrid_disk_config::files`).
  files,
};

struct torrent_placement {
  /// Only a hybrid disk has a choice; a memory disk keeps everything in RAM.
  place where = place::memory;

  /// The most bytes of the budget that the torrent may take, in whole blocks of 16 KiB; 0 for no limit of its own.
  std::int64_t cap_bytes = 0;

  /// Bytes of the budget that other torrents cannot take from it; 0 for none.
  std::int64_t guarantee_bytes = 0;

  /// A cap that is too small for the torrent is raised to the smallest that works, and the torrent is not refused: with
  /// a magnet link, the size of pieces is not known before.
  bool raise_small_cap = false;

  /// Set by `torrent_pieces::mark` (torrent_pieces.hpp): the object that owns this mark.
  torrent_pieces* pieces = nullptr;
};

} // namespace memtorrent
