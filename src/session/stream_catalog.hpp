// What the HTTP server can find: the files of the torrents that are streamed.

#pragma once

#include "http/stream_route.hpp"
#include "memtorrent/torrent_stream.hpp"

#include <libtorrent/info_hash.hpp>
#include <libtorrent/torrent_info.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::session {

/// Empty until `publish`. One thread, except that readers may be destroyed on any.
class stream_catalog {
 public:
  /// Offers every file of one more torrent that is not a pad file, under each of its info hashes. Shares the ownership.
  void publish(std::shared_ptr<lt::torrent_info const> info, std::shared_ptr<torrent_stream> stream);

  /// Offers nothing any more. Readers that are open go on.
  void clear();

  /// What `http::stream_lookup` does.
  [[nodiscard]] std::optional<http::stream_file> find(std::string const& info_hash_hex, int file_index) const;

  /// Where the HTTP server has that file of a torrent.
  [[nodiscard]] static std::string path_of(lt::torrent_info const& info, lt::file_index_t file);

  /// Readers that were opened and not destroyed.
  [[nodiscard]] int open_readers() const { return static_cast<int>(m_reader_token.use_count()) - 1; }

 private:
  struct entry {
    std::shared_ptr<lt::torrent_info const> info;
    std::shared_ptr<torrent_stream> stream;
  };
  std::vector<entry> m_torrents;
  // Every reader has a copy: its use count counts them.
  std::shared_ptr<char const> m_reader_token = std::make_shared<char const>();
};

} // namespace memtorrent::session
