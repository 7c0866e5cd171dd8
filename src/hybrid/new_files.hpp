// Files that must not have been there before: a torrent's bytes are written into them, and all of it can be taken back.
//
// Thread safety: none; one thread at a time.

#pragma once

#include "cache/piece_geometry.hpp"
#include "hybrid/export_failure.hpp"

#include <libtorrent/file_storage.hpp>
#include <libtorrent/span.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
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

/// Has what an open file or folder holds written to the device, as `fsync` does: 0, or -1 and errno.
using sync_function = std::function<int(int descriptor)>;

class new_files {
 public:
  /// A test hands in a `sync` of its own, to see what is written to the device, and to be a device that fails.
  explicit new_files(std::vector<planned_file> files, sync_function sync = ::fsync)
      : m_files(std::move(files)), m_sync(std::move(sync)), m_was_made(m_files.size()) {}
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

  /// Has the names of what was made written to the device too: a file is found again after a power cut only if the
  /// folder that names it is there, and the folder that names that one. Inner folders first, up to the one that was
  /// there before. REQUIRES: no file is open.
  export_failure sync_folders();

  /// Deletes every file and folder that was made.
  void remove();

 private:
  export_failure open(std::size_t file);
  export_failure make_folders(std::filesystem::path const& folder);
  [[nodiscard]] std::int64_t size_of(std::size_t file) const {
    return m_files[file].in_torrent.end - m_files[file].in_torrent.begin;
  }

  std::vector<planned_file> const m_files;
  sync_function const m_sync;
  std::vector<bool> m_was_made;
  std::vector<std::filesystem::path> m_made_folders; // outer ones first
  // Folders with names in them that may not be on the device. A folder sorts before what is in it.
  std::set<std::filesystem::path> m_unsynced_folders;
  std::size_t m_open_file = 0;
  int m_descriptor = -1;
};

} // namespace memtorrent
