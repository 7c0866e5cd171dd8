// The torrents that are being moved from RAM into files.
//
//   begin (network thread) → libtorrent is told that its storage moves → rounds of export_writer, on its own thread
//     → a turn of the network thread in which nothing is left to write → in that same turn: the router gives the
//       torrent to the disk I/O for files, libtorrent learns of the move and begins the check
//
// It uses libtorrent's own move: the answer to `async_move_storage` sets the torrent's save path and posts the alerts.
// The answer is "needs a full check", which starts one (torrent::on_storage_moved). The check forgets all pieces, also
// partly downloaded ones, which are only in RAM. Because the torrent changes disk I/Os in the turn in which the check
// begins, libtorrent never believes that a piece is in the files because it was in RAM.
//
// A hash that is being computed would be answered after that turn, and libtorrent would have a piece that is in no
// file. So hash jobs are waited for first.
//
// Thread: the network thread.

#pragma once

#include "hybrid/export_answer.hpp"
#include "hybrid/export_writer.hpp"
#include "hybrid/hybrid_disk_state.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/io_context.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent {

class torrent_exports {
 public:
  using move_handler = std::function<void(lt::status_t, std::string const&, lt::storage_error const&)>;

  torrent_exports(disk_router& router, std::shared_ptr<hybrid_disk_state> state, lt::io_context& network_thread)
      : m_router(router), m_state(std::move(state)), m_network_thread(network_thread) {}

  /// What `hybrid_disk::export_to` does. REQUIRES: `folder` is absolute and normal.
  void begin(lt::torrent_handle const& torrent, std::filesystem::path const& folder,
             std::shared_ptr<export_answer> const& answer);

  /// The router was asked to move the storage in `slot`. True if that is the move that `begin` asked libtorrent for:
  /// then this takes the handler and answers it.
  bool take_move(lt::storage_index_t slot, move_handler& handler);

  /// Ends the export of the slot's torrent, if there is one. The handlers run later.
  void cancel(lt::storage_index_t slot, boost::system::error_code reason);

  /// Cancels all exports. With `wait`, their threads have ended when it returns.
  void abort(bool wait);

 private:
  struct running {
    std::uint64_t id = 0;
    lt::storage_index_t slot{0};
    lt::torrent_handle torrent;
    std::filesystem::path folder;
    std::shared_ptr<memory_storage> storage;
    std::shared_ptr<export_answer> answer;
    move_handler moved;                    // libtorrent's
    std::unique_ptr<export_writer> writer; // from `start` on
    bool in_round = false;
    export_failure failure; // set when it is given up: only its files have still to be deleted
  };

  running* find(std::uint64_t id);
  std::unique_ptr<running> take(std::uint64_t id);

  void start(std::uint64_t id);
  void begin_round(running& e);
  void round_ended(std::uint64_t id);
  void go_on(std::uint64_t id);
  void complete(std::uint64_t id);
  void give_up(running& e, export_failure failure);
  void finish(std::uint64_t id);

  disk_router& m_router;
  std::shared_ptr<hybrid_disk_state> const m_state;
  lt::io_context& m_network_thread;
  std::vector<std::unique_ptr<running>> m_running;
  std::uint64_t m_last_id = 0;
  // Inside `begin`: the export for which libtorrent is asked to move the storage.
  running* m_asking = nullptr;
};

} // namespace memtorrent
