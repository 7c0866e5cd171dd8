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
// moves one. The place is chosen by the first of these that there is:
//
//   1. the torrent's mark (torrent_placement.hpp)
//   2. `hybrid_disk_config::choose`
//   3. RAM
//
// A torrent in files is libtorrent's alone: resume data, moving, renaming, deleting and checking are as without
// memtorrent.
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

  /// Makes the disk I/O for the torrents in files. Empty: `lt::default_disk_io_constructor`, a session's default.
  lt::disk_io_constructor_type files;

  /// Chooses for a torrent that has no mark. Runs on the network thread, inside the call that adds the torrent. It must
  /// neither block nor throw, and must not keep its argument. Empty: such a torrent goes to RAM.
  std::function<place(lt::storage_params const&)> choose;
};

class hybrid_disk_state;

/// The embedder's side of a hybrid disk I/O: a value, cheap to copy, safe on any thread and after the session is gone.
class hybrid_disk {
 public:
  explicit hybrid_disk(std::shared_ptr<hybrid_disk_state> state) noexcept : m_state(std::move(state)) {}

  /// The disk I/O for RAM: its budget, and what `torrent_stream::create` takes.
  [[nodiscard]] memory_disk memory() const;

  /// `error` is what went wrong, or no error. `path` is the file or folder that the error is about, or empty.
  using export_handler = std::function<void(boost::system::error_code error, std::string const& path)>;

  /// Moves a finished torrent from RAM into files:
  ///   1. writes the pieces that are in RAM into the folder `path`, under the torrent's file names (renamed files by
  ///      their new names). Folders are made as needed; a relative path starts at the current folder.
  ///   2. hands the torrent over to the disk I/O for files, with `path` as its save path.
  ///   3. lets libtorrent check the files.
  ///
  /// No error means:
  ///   - All was written and is on the device.
  ///   - The RAM is free, except for blocks that peers or readers still hold.
  ///   - The check has begun. It ends with libtorrent's `torrent_checked_alert`, as any recheck. (A paused torrent is
  ///     checked when it is resumed.) The check drops the peers. Those whose listen port is known are connected to
  ///     again as soon as it is done.
  ///   - Streams of the torrent end with `errc::moved_to_files`.
  ///
  /// Pieces that are not in RAM, because they were never wanted or were evicted, leave holes in the files. The check
  /// finds that the torrent does not have them. If they are wanted again, they are downloaded into the files.
  ///
  /// After an error the torrent is in RAM as before, is seeded and played on, and all that the export had made on the
  /// device is deleted. A file that existed before is never written to, nor deleted: it is an error even if it holds
  /// the right bytes. (For such files, add the torrent with `place::files`; libtorrent will check them.)
  ///
  /// Errors: `not_in_memory`, `not_finished` (also while it is checked), `no_piece_in_memory`, `export_running`,
  /// `outside_folder`, `torrent_removed` or `session_closed` (either of them when the session ends). Others are the
  /// system's, about the file or folder `path`: that it exists, permission, no space.
  ///
  /// libtorrent sees a move of the torrent's storage. So `torrent_status::moving_storage` is true until it is done, and
  /// `storage_moved_alert` or `storage_moved_failed_alert` are posted. Renames and moves that are asked for meanwhile
  /// are carried out after it.
  ///
  /// Threads: any. The handler runs exactly once and must not throw. It runs on the network thread, where it must not
  /// block. When the session ends or is gone, it runs on the thread that ends it, or inside this call.
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
