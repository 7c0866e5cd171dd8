// One of the torrents that a command streams: from where it came to what is said of it.

#pragma once

#include "memtorrent/torrent_stream.hpp"
#include "session/stream_progress.hpp"
#include "session/torrent_download.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_status.hpp>

#include <memory>
#include <optional>

namespace memtorrent::session {

/// Filled from top to bottom. One thread.
struct streamed_torrent {
  /// While its .torrent is fetched.
  std::optional<torrent_download> download;
  /// Known, and not in the session yet.
  std::optional<lt::add_torrent_params> params;
  /// In the session.
  lt::torrent_handle handle;
  lt::torrent_status status;
  /// With its metadata.
  std::shared_ptr<torrent_stream> stream;
  /// What is fetched before its URL is printed; holds its window until a player comes.
  std::unique_ptr<memtorrent::preload> preload;
};

/// Adds what is to be said of it.
void add_to(stream_progress& sum, streamed_torrent const& torrent);

} // namespace memtorrent::session
