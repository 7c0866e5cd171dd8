// RAM or files, per torrent, in one session.
//
//   memtorrent::hybrid_disk_config config;
//   config.memory.budget_bytes = 64 << 20;
//   memtorrent::hybrid_disk_constructor disks(config);
//   lt::session_params params;
//   params.disk_io_constructor = disks;
//   lt::session session(std::move(params));
//   auto disk = disks.disk();          // safe to keep and to use after the session is gone
//   auto stream = memtorrent::torrent_stream::create(handle, disk.memory(), ec);
//
// Each torrent is sent to RAM or to files when its files become known, and stays there; only `hybrid_disk::export_to`
// moves one. Which of the two: its mark (torrent_placement.hpp), else `hybrid_disk_config::choose`, else RAM. A torrent
// in files is libtorrent's alone: resume data, moving, renaming, deleting and checking are as without memtorrent.
//
// One `hybrid_disk_constructor` serves one session.

#pragma once

#include "memtorrent/error.hpp"
#include "memtorrent/memory_disk.hpp"
#include "memtorrent/torrent_placement.hpp"

#include <libtorrent/session_params.hpp>
#include <libtorrent/storage_defs.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace memtorrent {

/// Everything an embedder can set, with the default and the reason for it.
struct hybrid_disk_config {
  /// For the torrents in RAM.
  memory_disk_config memory;

  /// Makes the disk I/O for the torrents in files. Empty: `lt::default_disk_io_constructor`, which a session uses that
  /// is told nothing.
  lt::disk_io_constructor_type files;

  /// Asked for a torrent that has no mark. Runs on the network thread, inside the call that adds the torrent: it must
  /// neither block nor throw, and what it is given ends with it. Empty: such a torrent goes to RAM.
  std::function<place(lt::storage_params const&)> choose;
};

class hybrid_disk_state;

/// The embedder's side of a hybrid disk I/O: a value, cheap to copy, safe on any thread and after the session is gone.
class hybrid_disk {
 public:
  explicit hybrid_disk(std::shared_ptr<hybrid_disk_state> state) noexcept : m_state(std::move(state)) {}

  /// The half in RAM: its budget, and what `torrent_stream::create` takes.
  [[nodiscard]] memory_disk memory() const;

  /// `error` is what went wrong, or no error. `path` is the file or folder that it went wrong with, or empty.
  using export_handler = std::function<void(boost::system::error_code error, std::string const& path)>;

  /// Moves a finished torrent from RAM into files: writes the pieces that are in RAM under the torrent's own file names
  /// (renamed ones by their new names) into the folder `path`, hands the torrent over to the disk I/O for files with
  /// `path` as its save path, and lets libtorrent check the files. Folders are made as needed; a relative path starts
  /// at the current folder.
  ///
  /// No error means: all was written and is on the device, the RAM is free but for what peers or readers still hold,
  /// and the check has begun. Its end is libtorrent's `torrent_checked_alert`, as of any recheck; a torrent that is
  /// paused is checked when it is resumed. The check drops the peers; those of which it is known where they listen are
  /// connected to again as soon as it is done. Streams of the torrent end with `errc::moved_to_files`.
  ///
  /// Pieces that are not in RAM, because they were never wanted or had to make space, leave holes in the files. The
  /// check finds that, and the torrent does not have them; wanted again, they are downloaded into the files.
  ///
  /// After an error the torrent is in RAM as before, goes on being seeded and played, and what the export had made on
  /// the device is deleted. A file that was there before is never written to, nor deleted, even if it holds the right
  /// bytes: that is an error. (For files that are there already, add the torrent with `place::files`; libtorrent will
  /// check them.)
  ///
  /// Errors: `not_in_memory`, `not_finished` (also while it is checked), `no_piece_in_memory`, `export_running`,
  /// `outside_folder`, `torrent_removed` or `session_closed` (either of them when the session ends); else what the
  /// system said of the file or folder `path`: that it exists, permission, no space.
  ///
  /// libtorrent sees a move of the torrent's storage. So `torrent_status::moving_storage` is true until it is done, and
  /// `storage_moved_alert` or `storage_moved_failed_alert` are posted. What would rename or move the files meanwhile is
  /// carried out after it.
  ///
  /// Threads: any. The handler runs exactly once: on the network thread, where it must not block, or, when the session
  /// ends or is gone, on the thread that ends it or inside this call. It must not throw.
  void export_to(lt::torrent_handle const& torrent, std::string const& path, export_handler handler) const;

  /// True if the session keeps the torrent in RAM; false if in files, or if its files are not known yet. Any thread.
  [[nodiscard]] bool is_in_memory(lt::torrent_handle const& torrent) const;

 private:
  std::shared_ptr<hybrid_disk_state> m_state;
};

/// What `lt::session_params::disk_io_constructor` takes. Copies share one disk I/O.
class hybrid_disk_constructor {
 public:
  explicit hybrid_disk_constructor(hybrid_disk_config config = {});

  /// Called by the session. Throws `std::logic_error` when a second session asks.
  std::unique_ptr<lt::disk_interface> operator()(lt::io_context& network_thread, lt::settings_interface const& settings,
                                                 lt::counters& counters) const;

  [[nodiscard]] hybrid_disk disk() const noexcept { return hybrid_disk(m_state); }

 private:
  std::shared_ptr<hybrid_disk_state> m_state;
};

} // namespace memtorrent
