// Writes a torrent's bytes into files that must not exist before, and can delete all that it made.
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
/// Fails with `errc::outside_folder` when a file would lie elsewhere, because an embedder may rename a file to any
/// name.
export_failure plan_files(lt::file_storage const& names, std::filesystem::path const& folder,
                          std::vector<planned_file>& files);

/// Writes an open file or folder to the device, as `fsync` does. Returns 0, or -1 and errno.
using sync_function = std::function<int(int descriptor)>;

class new_files {
 public:
  /// A test passes its own `sync`, to see what is written to the device, or to let that fail.
  explicit new_files(std::vector<planned_file> files, sync_function sync = ::fsync)
      : m_files(std::move(files)), m_sync(std::move(sync)), m_was_made(m_files.size()) {}
  new_files(new_files const&) = delete;
  new_files& operator=(new_files const&) = delete;
  ~new_files();

  [[nodiscard]] std::vector<planned_file> const& files() const noexcept { return m_files; }

  /// Makes the files that have no bytes.
  export_failure make_empty_files();

  /// Writes bytes into file number `file`, from `offset` of the torrent on. The first write makes the file.
  /// REQUIRES: all bytes belong to the file.
  export_failure write(std::size_t file, std::int64_t offset, lt::span<char const> bytes);

  /// Gives the open file its full size, writes it to the device and closes it. Late errors, such as those of a file
  /// system that allocates late, are returned here. More can be written after it.
  export_failure close();

  /// Writes the folders to the device in which files or folders were made: after a power cut a file is found only if
  /// its name is in its folder, and the folder's name in the one above. Inner folders first, up to the one that was
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
  // Folders that hold new names and are not yet on the device. A folder sorts before what is in it.
  std::set<std::filesystem::path> m_unsynced_folders;
  std::size_t m_open_file = 0;
  int m_descriptor = -1;
};

} // namespace memtorrent
