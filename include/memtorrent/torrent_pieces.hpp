// A torrent by its pieces, for an embedder with a scheduler of his own: he sets libtorrent's priorities and deadlines,
// says which pieces are to stay in RAM, and reads those that are there. (To open files and read them, and leave the
// rest to memtorrent, use torrent_stream.hpp instead; a torrent has one or the other.)
//
//   lt::add_torrent_params params = ...;
//   memtorrent::torrent_pieces::mark(params, disk, {memtorrent::place::memory, 100 << 20});
//   lt::torrent_handle torrent = session.add_torrent(std::move(params));
//   auto pieces = memtorrent::torrent_pieces::of(torrent);
//
// Threads: any, also many at once. All calls are safe when the torrent has left the session, and when the session is
// gone: then nothing can be read, and nothing else happens.
//
// Order in which pieces go when space is needed:
//   1. pieces that nobody named, least recently used first
//   2. pieces behind readers
//   3. pieces ahead of readers, farthest first
// These never go:
//   - reserved pieces, as far as the limit on pinning allows (`memory_disk::pin`)
//   - the first piece of each run at a reader, as far as these fit beside each other
//
// When a piece goes, the torrent does not have it any more (`torrent_status::pieces`), and its priority is 0. To have
// it again, give it a priority or a deadline.

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
  /// How many of them can be read now, and their bytes.
  int available_pieces = 0;
  std::int64_t available_bytes = 0;
};

class torrent_pieces {
 public:
  /// Marks a torrent before it is added. The torrent owns the mark, which takes `params.userdata`. If the torrent is to
  /// live in RAM, claims to have pieces are removed from `params` (`forget_pieces_in_memory`).
  static void mark(lt::add_torrent_params& params, memory_disk const& disk, torrent_placement const& where);

  /// The pieces of a torrent that was added with a mark; null for others, and when it has left.
  static std::shared_ptr<torrent_pieces> of(lt::torrent_handle const& torrent);

  torrent_pieces() = default;
  torrent_pieces(torrent_pieces const&) = delete;
  torrent_pieces& operator=(torrent_pieces const&) = delete;
  virtual ~torrent_pieces() = default;

  /// True if the torrent is in RAM. Not before its files are known.
  [[nodiscard]] virtual bool is_in_memory() const = 0;

  /// Copies bytes of one piece from its `offset` on, until `out` is full or the piece ends. Returns how many. Only
  /// pieces that passed their hash can be read. -1: the piece is not there now.
  virtual int read(lt::piece_index_t piece, int offset, lt::span<char> out) = 0;

  /// The most RAM that the torrent may take; 0 for no limit of its own. A cap that is too small for the torrent, or
  /// negative, is raised to the smallest that works. If it is lowered, pieces above it are evicted at once. A cap that
  /// is set before the files are known is applied then.
  virtual void set_cap(std::int64_t bytes) = 0;
  /// The cap as it was set; once the files are known, as it was raised.
  [[nodiscard]] virtual std::int64_t cap_bytes() const = 0;

  /// Each of these replaces what was said before of the same kind; pieces that do not exist are ignored.

  /// Pieces at readers and ahead of them, nearest first: each run of consecutive pieces begins where a reader is.
  virtual void set_reader_pieces(piece_list pieces) = 0;
  /// Pieces to pin, most important first.
  virtual void set_reserved_pieces(piece_list pieces) = 0;
  /// Pieces to keep behind readers as long as there is space, in any order.
  virtual void set_look_behind_pieces(piece_list pieces) = 0;

  /// A reader waits for this piece: space is made for it before any other. A piece is expected until
  ///   - it was read to its end,
  ///   - `set_reader_pieces` names it, or is called when the piece is there, or
  ///   - four more pieces were named here.
  /// If not all of them fit beside each other, those that were named first come first, and the others when these have
  /// been read.
  virtual void expect(lt::piece_index_t piece) = 0;

  /// True if the piece is kept behind readers and can be read.
  [[nodiscard]] virtual bool is_look_behind_available(lt::piece_index_t piece) const = 0;
  [[nodiscard]] virtual look_behind_stats look_behind() const = 0;

  [[nodiscard]] virtual memory_disk const& disk() const noexcept = 0;
};

} // namespace memtorrent
