// A torrent by its pieces, for an embedder who has a scheduler of his own: he sets libtorrent's priorities and
// deadlines, says which pieces are to stay in RAM, and reads those that are there. (Who wants to open files and read,
// and leave the rest to memtorrent, takes torrent_stream.hpp instead; a torrent has one or the other.)
//
//   lt::add_torrent_params params = ...;
//   memtorrent::torrent_pieces::mark(params, disk, {memtorrent::place::memory, 100 << 20});
//   lt::torrent_handle torrent = session.add_torrent(std::move(params));
//   auto pieces = memtorrent::torrent_pieces::of(torrent);
//
// Threads: any, also many at once. All of it is safe when the torrent has left the session, and when that is gone: then
// nothing can be read, and nothing else happens.
//
// Order in which pieces go when space is needed, first to go first: those that nobody named, least recently used first;
// what is behind readers; what is ahead of readers, farthest first. Never: what is reserved, as far as the limit on
// pinning allows (`memory_disk::pin`), and the first piece of each run that readers are at, as far as these fit beside
// each other.
//
// A piece that goes is neither had (`torrent_status::pieces`) nor wanted any more from that moment on: its priority is
// 0. To have it again, give it a priority or a deadline.

#pragma once

#include "memtorrent/memory_disk.hpp"
#include "memtorrent/torrent_placement.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/span.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/units.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace memtorrent {

using piece_list = std::vector<lt::piece_index_t>;

/// What is kept behind readers, as it is now.
struct look_behind_stats {
  /// Pieces named in `set_look_behind_pieces`; 0 before the torrent's files are known.
  int protected_pieces = 0;
  /// Those of them that can be read, and their bytes.
  int available_pieces = 0;
  std::int64_t available_bytes = 0;
};

class torrent_pieces {
 public:
  /// Marks a torrent that is yet to be added; it then owns what this makes. `userdata` is taken for the mark. What of
  /// `params` claims pieces is forgotten if the torrent is to live in RAM (`forget_pieces_in_memory`).
  static void mark(lt::add_torrent_params& params, memory_disk const& disk, torrent_placement const& where);

  /// The pieces of a torrent that was added with a mark; null for others, and when it has left.
  static std::shared_ptr<torrent_pieces> of(lt::torrent_handle const& torrent);

  torrent_pieces() = default;
  torrent_pieces(torrent_pieces const&) = delete;
  torrent_pieces& operator=(torrent_pieces const&) = delete;
  virtual ~torrent_pieces() = default;

  /// True if the torrent is in RAM. Not before its files are known.
  [[nodiscard]] virtual bool is_in_memory() const = 0;

  /// Copies bytes of one piece, from `offset` of it on: all that fit `out`, or up to the piece's end. Only what
  /// libtorrent has verified is there. -1: the piece is not there now.
  virtual int read(lt::piece_index_t piece, int offset, lt::span<char> out) = 0;

  /// The most that the torrent may take of RAM; 0 for no limit of its own. What is too small for the torrent, as all
  /// that is negative, is raised to the least that will do. Down: what is too much goes at once. Before the files are
  /// known it holds for later.
  virtual void set_cap(std::int64_t bytes) = 0;
  /// What it was set to, or raised to once the files are known.
  [[nodiscard]] virtual std::int64_t cap_bytes() const = 0;

  /// Each of these replaces what was said before of the same kind; pieces that do not exist are ignored.

  /// What readers are at and ahead of, nearest first: each run of consecutive pieces begins where a reader is.
  virtual void set_reader_pieces(piece_list pieces) = 0;
  virtual void set_reserved_pieces(piece_list pieces) = 0;
  /// What is to stay behind readers as long as there is space, in any order.
  virtual void set_look_behind_pieces(piece_list pieces) = 0;

  /// Space will be made for this piece before any other, because somebody waits for it. The last four that were named
  /// count, until they were read to their end, or `set_reader_pieces` names them too, or is called when they are there.
  /// Where not all of them fit beside each other, those that were named first come first, and the others when these
  /// have been read.
  virtual void expect(lt::piece_index_t piece) = 0;

  /// True if the piece is kept behind readers and can be read.
  [[nodiscard]] virtual bool is_look_behind_available(lt::piece_index_t piece) const = 0;
  [[nodiscard]] virtual look_behind_stats look_behind() const = 0;

  [[nodiscard]] virtual memory_disk const& disk() const noexcept = 0;
};

} // namespace memtorrent
