// What a Go program says of a torrent that is to be added.

#pragma once

#include "torrent_info.hpp"

#include <libtorrent/add_torrent_params.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::go {

struct add_torrent_params : lt::add_torrent_params {
  /// Where its data is to live: in RAM with that cap (0 for none), or where the session puts torrents by default.
  std::optional<std::int64_t> memory_bytes;

  [[nodiscard]] lt::sha1_hash info_hash_key() const;

  void share(torrent_info const& info);
  /// The metadata that was set; an empty one if none was. Lives as long as this, until another one is set.
  torrent_info* metadata();

  /// Takes over what resume data say of the torrent: pieces, priorities, limits, times, peers and flags. Trackers and
  /// web seeds that are here already stay. The save path, and a limit on connections that is set here, stay as they
  /// are. What is no resume data changes nothing.
  void merge_resume_data(std::vector<char> const& resume_data);

  void set_file_priorities(std::vector<int> const& priorities);

 private:
  std::optional<torrent_info> m_metadata;
};

/// Adds to `params` what a magnet link says; what it does not say stays.
void parse_magnet_uri(std::string const& uri, add_torrent_params& params, lt::error_code& ec);

} // namespace memtorrent::go
