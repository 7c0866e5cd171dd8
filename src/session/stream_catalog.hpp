// What players can find: the files of the torrents that are streamed.

#pragma once

#include "memtorrent/torrent_stream.hpp"

#include <libtorrent/torrent_info.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::session {

/// A file that was found. Shares the ownership of its torrent's stream; any thread.
struct catalog_file {
  std::shared_ptr<lt::torrent_info const> info;
  lt::file_index_t file{0};
  std::shared_ptr<torrent_stream> stream;
  /// Of the catalog: lives there, and in each reader.
  std::weak_ptr<char const> reader_token;

  [[nodiscard]] std::string name() const { return std::string(info->files().file_name(file)); }
  [[nodiscard]] std::int64_t size_bytes() const { return info->files().file_size(file); }

  /// A reader that is counted. Null, and an error of `torrent_stream::open`, when there is none to have.
  std::unique_ptr<byte_source> open(boost::system::error_code& ec) const;
};

/// Empty until `publish`. One thread, except that readers may be opened and destroyed on any.
class stream_catalog {
 public:
  /// Offers every file of one more torrent that is not a pad file, under each of its info hashes. Shares the ownership.
  void publish(std::shared_ptr<lt::torrent_info const> info, std::shared_ptr<torrent_stream> stream);

  /// Offers that torrent no more, if it was. Readers that are open go on.
  void withdraw(lt::torrent_info const& info);

  /// Offers nothing any more. Readers that are open go on.
  void clear();

  /// `info_hash_hex` is any that `info_hash_texts` names; `file_index` may be any number.
  [[nodiscard]] std::optional<catalog_file> find(std::string const& info_hash_hex, int file_index) const;

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
