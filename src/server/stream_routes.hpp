// `/stream/...`: the files of a session's torrents, and where a player finds them.

#pragma once

#include "http/stream_route.hpp"
#include "session/stream_catalog.hpp"

#include <libtorrent/torrent_info.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace memtorrent::server {

/// What the HTTP server finds files by. `catalog` outlives it, and is used on the server's thread.
http::stream_lookup find_in(session::stream_catalog const& catalog);

/// The URL of a file for a player, by an address that it may reach (`reachable_address`). `listening` is where the
/// server listens. Any thread.
std::string stream_url(boost::asio::ip::tcp::endpoint const& listening, lt::torrent_info const& torrent,
                       lt::file_index_t file);

} // namespace memtorrent::server
