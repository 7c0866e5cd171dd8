// One of the torrents that a person has added: from where it came to what is said of it.

#pragma once

#include "memtorrent/torrent_stream.hpp"
#include "session/preload_amount.hpp"
#include "session/stream_progress.hpp"
#include "session/torrent_download.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/info_hash.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_info.hpp>
#include <libtorrent/torrent_status.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace memtorrent::session {

/// What of a torrent is streamed.
struct stream_choice {
  /// An index or a pattern; see `choose_file`.
  std::optional<std::string> file = std::nullopt;
  /// What is fetched of that file before it is said to be ready.
  std::optional<preload_amount> preload = std::nullopt;
};

/// Filled from top to bottom. One thread.
struct streamed_torrent {
  /// As it was given.
  std::string source;
  stream_choice choice;
  /// While its .torrent is fetched.
  std::optional<torrent_download> download;
  /// What it is called; a stranger's text, and empty while nobody knows.
  std::string name;
  lt::info_hash_t hashes;
  /// Known, and not in the session yet.
  std::optional<lt::add_torrent_params> params;
  /// In the session.
  lt::torrent_handle handle;
  lt::torrent_status status;
  /// With its metadata.
  std::shared_ptr<lt::torrent_info const> info;
  /// The one that was chosen.
  lt::file_index_t file{-1};
  std::shared_ptr<torrent_stream> stream;
  /// Holds its window until a player comes.
  std::unique_ptr<memtorrent::preload> preload;

  /// Why it is not streamed, as a sentence for a person; empty unless it failed.
  std::string failure;
  /// At its end.
  std::int64_t downloaded_bytes = 0;
};

/// Adds what is to be said of it.
void add_to(stream_progress& sum, streamed_torrent const& torrent);

} // namespace memtorrent::session
