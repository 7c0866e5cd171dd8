// Files that must not have been there before: a torrent's bytes are written into them, and all of it can be taken back.
//
// Thread safety: none; one thread at a time.

#pragma once

#include "cache/piece_geometry.hpp"
#include "hybrid/export_failure.hpp"

#include <libtorrent/file_storage.hpp>
#include <libtorrent/span.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

namespace memtorrent {

/// A file of a torrent, and where it is to be.
struct planned_file {
  byte_range in_torrent;
  std::filesystem::path path;
};

/// The files of a torrent under `folder`, an absolute and normal path, in the order of their bytes. Pads and symbolic
/// links are left out: they hold no bytes of the torrent, and libtorrent makes the links itself.
/// Fails with `errc::outside_folder`: an embedder may rename a file to any name, but what is written here stays here.
export_failure plan_files(lt::file_storage const& names, std::filesystem::path const& folder,
                          std::vector<planned_file>& files);

class new_files {
 public:
  explicit new_files(std::vector<planned_file> files) : m_files(std::move(files)), m_was_made(m_files.size()) {}
  new_files(new_files const&) = delete;
  new_files& operator=(new_files const&) = delete;
  ~new_files();

  [[nodiscard]] std::vector<planned_file> const& files() const noexcept { return m_files; }

  /// Makes the files that have no bytes.
  export_failure make_empty_files();

  /// Writes bytes of file number `file` from `offset` of the torrent on. The file is made by the first of them.
  /// REQUIRES: all of them are the file's.
  export_failure write(std::size_t file, std::int64_t offset, lt::span<char const> bytes);

  /// Gives the file that is open its full size, and closes it when its bytes are on the device. Errors that come late,
  /// as from a file system that allocates late, are told here. More can be written after it.
  export_failure close();

  /// Deletes every file and folder that was made.
  void remove();

 private:
  export_failure open(std::size_t file);
  export_failure make_folders(std::filesystem::path const& folder);
  [[nodiscard]] std::int64_t size_of(std::size_t file) const {
    return m_files[file].in_torrent.end - m_files[file].in_torrent.begin;
  }

  std::vector<planned_file> const m_files;
  std::vector<bool> m_was_made;
  std::vector<std::filesystem::path> m_made_folders; // outer ones first
  std::size_t m_open_file = 0;
  int m_descriptor = -1;
};

} // namespace memtorrent
