// What the HTTP server can find: the files of the torrent that is streamed.

#pragma once

#include "http/stream_route.hpp"
#include "memtorrent/torrent_stream.hpp"

#include <libtorrent/info_hash.hpp>
#include <libtorrent/torrent_info.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::cli {

/// Empty until `publish`. One thread, except that readers may be destroyed on any.
class stream_catalog {
 public:
  /// Offers every file that is not a pad file, under each of the torrent's info hashes. Shares the ownership.
  void publish(std::shared_ptr<lt::torrent_info const> info, std::shared_ptr<torrent_stream> stream);

  /// Offers nothing any more. Readers that are open go on.
  void clear();

  /// What `http::stream_lookup` does.
  [[nodiscard]] std::optional<http::stream_file> find(std::string const& info_hash_hex, int file_index) const;

  /// Where the HTTP server has that file. REQUIRES: published.
  [[nodiscard]] std::string path_of(lt::file_index_t file) const;

  /// Readers that were opened and not destroyed.
  [[nodiscard]] int open_readers() const { return static_cast<int>(m_reader_token.use_count()) - 1; }

 private:
  std::shared_ptr<lt::torrent_info const> m_info;
  std::shared_ptr<torrent_stream> m_stream;
  std::vector<std::string> m_info_hashes;
  // Every reader has a copy: its use count counts them.
  std::shared_ptr<char const> m_reader_token = std::make_shared<char const>();
};

} // namespace memtorrent::cli
