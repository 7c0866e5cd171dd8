// What can go wrong in memtorrent itself, in sentences a user understands.
//
// libtorrent's own failures keep libtorrent's categories; these are for what only memtorrent knows.

#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>

namespace memtorrent {

enum class errc {
  /// The budget holds fewer than two pieces of this torrent. See `minimum_budget_bytes`.
  budget_too_small = 1,
  /// The torrent left the session while a read was waiting for it.
  torrent_removed,
  /// The session is shutting down.
  session_closed,
  /// The reader was cancelled by its owner.
  read_cancelled,
  /// A read started before the first byte or after the last byte of the file.
  out_of_range,
  /// The torrent has no metadata yet, so its files are not known.
  no_metadata,
  /// The torrent has no file with that index.
  no_such_file,
  /// The torrent is not kept by this memory disk I/O.
  not_in_memory,
  /// The loaded libtorrent is not the one memtorrent was compiled for, or its piece accounting does not add up.
  picker_mismatch,
  /// More bytes were to be pinned than the limit: half of the torrent's share, less on a small budget.
  pin_limit_exceeded,
  /// All guarantees together would exceed the budget, or this one the torrent's cap.
  guarantee_too_large,
  /// The torrent was moved from memory into files, which ends the streams that play it from memory.
  moved_to_files,
  /// Only a torrent that has all it wants can be moved into files.
  not_finished,
  /// No piece of the torrent is in memory, so there is nothing to write into files.
  no_piece_in_memory,
  /// The torrent is being moved into files already.
  export_running,
  /// A file of the torrent was given a name that leads out of the folder it is to be written to.
  outside_folder,
  /// Another `torrent_stream` plays the torrent.
  already_streamed,
};

boost::system::error_category const& error_category() noexcept;

inline boost::system::error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), error_category()}; }

} // namespace memtorrent

template <>
struct boost::system::is_error_code_enum<memtorrent::errc> : std::true_type {};
