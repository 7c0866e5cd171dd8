// A torrent's metadata as Go holds it: shared with whoever else has it, never copied, and safe when the torrent is
// gone.

#pragma once

#include <libtorrent/announce_entry.hpp>
#include <libtorrent/error_code.hpp>
#include <libtorrent/file_storage.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_info.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace memtorrent::go {

/// What programs know a torrent by: its v1 info-hash, also if it is a hybrid; of a v2 torrent the first 20 bytes of its
/// info-hash.
inline lt::sha1_hash key_of(lt::info_hash_t const& hashes) {
  return hashes.get(hashes.has_v1() ? lt::protocol_version::V1 : lt::protocol_version::V2);
}

/// libtorrent does not look whether a file is there that it is asked about.
inline bool has_file(lt::file_storage const& files, int file) { return file >= 0 && file < files.num_files(); }

class torrent_info {
 public:
  explicit torrent_info(std::shared_ptr<lt::torrent_info const> info) : m_info(std::move(info)) {}

  /// Reads a .torrent file. With an error it has no files and no pieces.
  torrent_info(std::string const& file, lt::error_code& ec)
      : m_info(std::make_shared<lt::torrent_info const>(file, ec)) {}
  /// Parses the bytes of a .torrent file.
  torrent_info(std::vector<char> const& bytes, lt::error_code& ec)
      : m_info(std::make_shared<lt::torrent_info const>(bytes, ec, lt::from_span)) {}

  /// Null when the torrent has no metadata yet. For a v2 or a hybrid torrent with its hashes, when
  /// libtorrent has them all.
  static torrent_info* of(lt::torrent_handle const& torrent);

  [[nodiscard]] std::shared_ptr<lt::torrent_info const> const& shared() const noexcept { return m_info; }

  [[nodiscard]] bool is_valid() const { return m_info->is_valid(); }
  [[nodiscard]] lt::file_storage const* files() const { return &m_info->files(); }
  [[nodiscard]] lt::sha1_hash info_hash() const { return key_of(m_info->info_hashes()); }
  [[nodiscard]] std::string name() const { return m_info->name(); }
  [[nodiscard]] int num_files() const { return m_info->num_files(); }
  [[nodiscard]] int num_pieces() const { return m_info->is_valid() ? m_info->num_pieces() : 0; }
  [[nodiscard]] int piece_length() const { return m_info->is_valid() ? m_info->piece_length() : 0; }
  [[nodiscard]] bool priv() const { return m_info->priv(); }
  [[nodiscard]] std::int64_t total_size() const { return m_info->total_size(); }
  [[nodiscard]] std::vector<lt::announce_entry> const& trackers() const { return m_info->trackers(); }

 private:
  std::shared_ptr<lt::torrent_info const> m_info;
};

} // namespace memtorrent::go
