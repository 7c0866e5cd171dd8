// A .torrent file in the making. libtorrent's own only refers to what it is made from; this one owns it.

#pragma once

#include "torrent_info.hpp"

#include <libtorrent/create_torrent.hpp>
#include <libtorrent/entry.hpp>
#include <libtorrent/file_storage.hpp>

#include <memory>
#include <string>

namespace memtorrent::go {

class create_torrent {
 public:
  /// Of metadata, such as came by a magnet link.
  explicit create_torrent(torrent_info const& info);

  /// Of files on disk: reads and hashes all below `path`. `flags` as `lt::create_torrent`; null and an error when
  /// something cannot be read.
  static create_torrent* of_files(std::string const& path, int piece_length_bytes, int flags, lt::error_code& ec);

  void add_tracker(std::string const& url, int tier) { m_torrent->add_tracker(url, tier); }
  void set_priv(bool value) { m_torrent->set_priv(value); }

  /// Empty when there are no files.
  [[nodiscard]] lt::entry generate() const;

 private:
  create_torrent() = default;

  std::shared_ptr<lt::torrent_info const> m_info;
  lt::file_storage m_files;
  std::unique_ptr<lt::create_torrent> m_torrent;
};

} // namespace memtorrent::go
