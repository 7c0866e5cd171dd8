// libtorrent's disk_interface in front of two others: a memory_disk_io, and one that keeps files.
//
// A torrent is sent to one of them when it is added. All of its jobs go there, under the index that it has there.
// Handlers, buffers and observers pass through untouched: an answer names no index, and a buffer knows who lent it. So
// the router remembers no job, and a slot can be reused while jobs of the torrent that had it are outstanding.
//
// Only an export moves a torrent from RAM to files (torrent_exports.hpp). While it runs, jobs that would change the
// names, the place or the priorities of the torrent's files are held back. After it they go to the disk I/O that has
// the torrent then.
//
// Thread: libtorrent calls all of it on the network thread.

#pragma once

#include "hybrid/hybrid_disk_state.hpp"
#include "hybrid/torrent_exports.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/disk_observer.hpp>
#include <libtorrent/settings_pack.hpp>
#include <libtorrent/storage_defs.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent {

class disk_router final : public lt::disk_interface {
 public:
  disk_router(std::shared_ptr<hybrid_disk_state> state, lt::io_context& network_thread,
              lt::settings_interface const& settings, lt::counters& counters);
  disk_router(disk_router const&) = delete;
  disk_router& operator=(disk_router const&) = delete;
  ~disk_router() override;

  lt::storage_holder new_torrent(lt::storage_params const& params, std::shared_ptr<void> const& torrent) override;
  void remove_torrent(lt::storage_index_t index) override;
  void async_read(lt::storage_index_t index, lt::peer_request const& request,
                  std::function<void(lt::disk_buffer_holder, lt::storage_error const&)> handler,
                  lt::disk_job_flags_t flags) override;
  bool async_write(lt::storage_index_t index, lt::peer_request const& request, char const* data,
                   std::shared_ptr<lt::disk_observer> observer, std::function<void(lt::storage_error const&)> handler,
                   lt::disk_job_flags_t flags) override;
  void async_hash(
      lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2, lt::disk_job_flags_t flags,
      std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)> handler) override;
  void async_hash2(
      lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t flags,
      std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)> handler) override;
  void async_move_storage(
      lt::storage_index_t index, std::string path, lt::move_flags_t flags,
      std::function<void(lt::status_t, std::string const&, lt::storage_error const&)> handler) override;
  void async_release_files(lt::storage_index_t index, std::function<void()> handler) override;
  void async_check_files(lt::storage_index_t index, lt::add_torrent_params const* resume_data,
                         lt::aux::vector<std::string, lt::file_index_t> links,
                         std::function<void(lt::status_t, lt::storage_error const&)> handler) override;
  void async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) override;
  void async_rename_file(
      lt::storage_index_t index, lt::file_index_t file, std::string name,
      std::function<void(std::string const&, lt::file_index_t, lt::storage_error const&)> handler) override;
  void async_delete_files(lt::storage_index_t index, lt::remove_flags_t options,
                          std::function<void(lt::storage_error const&)> handler) override;
  void async_set_file_priority(
      lt::storage_index_t index, lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities,
      std::function<void(lt::storage_error const&, lt::aux::vector<lt::download_priority_t, lt::file_index_t>)> handler)
      override;
  void async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                         std::function<void(lt::piece_index_t)> handler) override;
  void update_stats_counters(lt::counters& counters) const override;
  [[nodiscard]] std::vector<lt::open_file_state> get_status(lt::storage_index_t index) const override;
  void abort(bool wait) override;
  void submit_jobs() override;
  void settings_updated() override;

  // for the exports
  [[nodiscard]] torrent_exports& exports() noexcept { return m_exports; }
  [[nodiscard]] lt::disk_interface& memory() noexcept { return *m_memory; }
  [[nodiscard]] std::optional<lt::storage_index_t> slot_of(lt::torrent_handle const& torrent) const;
  /// The index that the slot's torrent has in the disk I/O that keeps it.
  [[nodiscard]] lt::storage_index_t child_index(lt::storage_index_t index) { return at(index).storage; }
  /// From here on the torrent is kept in files under `path`; its pieces in RAM are evicted.
  void move_to_files(lt::storage_index_t index, lt::torrent_handle const& torrent, std::string const& path);
  /// Carries out the jobs that were held back.
  void export_ended(lt::storage_index_t index);

 private:
  struct slot {
    lt::disk_interface* disk = nullptr; // that keeps the torrent
    lt::storage_holder storage;         // the torrent's in `disk`
    std::weak_ptr<void> torrent;
    lt::storage_mode_t mode = lt::storage_mode_sparse;
    bool is_exporting = false;
    std::vector<std::function<void()>> held_back;
    // The files were just written by an export: the next check must not be skipped.
    bool must_check = false;
  };

  slot& at(lt::storage_index_t index) { return m_slots[static_cast<std::size_t>(static_cast<std::uint32_t>(index))]; }
  [[nodiscard]] slot const& at(lt::storage_index_t index) const {
    return m_slots[static_cast<std::size_t>(static_cast<std::uint32_t>(index))];
  }
  [[nodiscard]] place place_of(lt::storage_params const& params, std::shared_ptr<void> const& torrent) const;

  std::shared_ptr<hybrid_disk_state> const m_state;
  std::unique_ptr<lt::disk_interface> const m_memory;
  std::unique_ptr<lt::disk_interface> const m_files;
  torrent_exports m_exports;
  std::vector<slot> m_slots;
  std::vector<lt::storage_index_t> m_free_slots;
};

} // namespace memtorrent
