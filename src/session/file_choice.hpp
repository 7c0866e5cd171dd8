// Which file of a torrent to stream.

#pragma once

#include <libtorrent/file_storage.hpp>

#include <optional>
#include <string>

namespace memtorrent::session {

/// `wanted` is an index (libtorrent's: pad files count), or a pattern (glob(7), case does not matter) of a file's name
/// or of its path in the torrent. Of the files that it leaves, or of all: the largest whose extension says video or
/// audio, else the largest. Never a pad file.
///
/// Throws `std::runtime_error` when there is none, and lists the files. Any thread.
lt::file_index_t choose_file(lt::file_storage const& files, std::optional<std::string> const& wanted);

} // namespace memtorrent::session
