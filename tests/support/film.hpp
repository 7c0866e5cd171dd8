// A torrent whose every byte is known without keeping it: byte i is a function of i and a seed.

#pragma once

#include "memtorrent/byte_source.hpp"
#include "support/temporary_folder.hpp"

#include <libtorrent/torrent_info.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::test {

enum class torrent_version { v1, v2, hybrid };

class film {
 public:
  struct options {
    std::int64_t size_bytes = 8 << 20;
    int piece_length_bytes = 256 * 1024;
    torrent_version version = torrent_version::v1;
    std::uint64_t seed = 1;
    /// More files after the first; sizes that are not a multiple of the piece length give a hybrid torrent pads.
    std::vector<std::int64_t> more_files_bytes = {};
    /// Where the temporary folder is made.
    std::filesystem::path inside = std::filesystem::temp_directory_path();
  };

  /// Writes the files under a new temporary folder, and makes the torrent of it. Starts no thread.
  explicit film(options const& o);
  film(film const&) = delete;
  film& operator=(film const&) = delete;
  [[nodiscard]] std::shared_ptr<lt::torrent_info> info() const { return std::make_shared<lt::torrent_info>(*m_info); }
  /// The bytes of its .torrent.
  [[nodiscard]] std::string const& torrent_file() const { return m_torrent_file; }
  /// Writes its .torrent into its folder, and returns the path. Throws std::runtime_error if it cannot.
  [[nodiscard]] std::string write_torrent() const;
  [[nodiscard]] std::filesystem::path const& folder() const { return m_folder.path(); }
  [[nodiscard]] std::int64_t size_bytes() const { return m_options.size_bytes; }
  [[nodiscard]] int piece_length_bytes() const { return m_options.piece_length_bytes; }

  /// The right byte at `offset` of file `file`.
  [[nodiscard]] char byte_at(int file, std::int64_t offset) const;

  /// Offset of the first byte in `bytes` that is not what file `file` has from `offset` on; -1 if all are right.
  [[nodiscard]] std::int64_t first_wrong_byte(int file, std::int64_t offset, file_bytes const& bytes) const;

 private:
  options m_options;
  temporary_folder m_folder;
  std::string m_torrent_file;
  std::shared_ptr<lt::torrent_info> m_info;
};

/// Sum of the slices' sizes.
std::int64_t total_bytes(file_bytes const& bytes);

} // namespace memtorrent::test
