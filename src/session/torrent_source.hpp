// SOURCE: what to stream, as libtorrent takes it.

#pragma once

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/span.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace memtorrent::session {

/// Space for the hashes of 800,000 pieces; common torrents have some thousand.
inline constexpr std::int64_t max_torrent_file_bytes = std::int64_t{16} * 1024 * 1024;

enum class source_kind { magnet, url, path };

/// By how it begins; whatever is neither link nor URL is taken for a path.
source_kind kind_of_source(std::string_view source);

/// These throw `std::runtime_error`, whose sentence names the source. Any thread; the second reads the disk.
lt::add_torrent_params torrent_of_magnet(std::string const& uri);
lt::add_torrent_params torrent_of_file(std::string const& path);
/// `name` is for the message: where the bytes are from.
lt::add_torrent_params torrent_of_bytes(std::string const& name, lt::span<char const> bytes);

} // namespace memtorrent::session
