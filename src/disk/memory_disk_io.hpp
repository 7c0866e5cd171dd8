// libtorrent's disk_interface over RAM.
//
// libtorrent calls all of it on the network thread, and expects every handler to be posted there, never called from
// inside. Most jobs are done by the time the call returns and only their answer is posted; hashing goes to a pool.
// Because the caller is the network thread, space can be made at the moment a block arrives: a piece is evicted from
// RAM and from libtorrent's picker in the same step (evictor).
//
// Two cases that would harm a torrent or a peer, and what is done about them:
//
//   - A piece is evicted between the write of a block and its answer. Answered "done", the block would count as
//     downloaded, the piece would fail its hash later, and an innocent peer would be banned. So the answer knows the
//     generation of the piece that it was for, and is "operation aborted" when the piece has another one now:
//     libtorrent takes that as cancelled, without a penalty.
//   - A block is dropped for want of space. libtorrent counts it as written until the answer arrives, and if it was the
//     last one missing, asks for the piece's hash before that. The hash of an incomplete piece is answered "operation
//     aborted" too; this answer comes after the dropped block's, when the piece is not finished any more. If all blocks
//     of the piece were dropped, its download is left without blocks in the picker, which would never pick from it
//     again. So it is taken out.
//
// Jobs and buffers hold their torrent's storage, never its index. So a storage may outlive its slot.

#pragma once

#include "disk/back_pressure.hpp"
#include "disk/evictor.hpp"
#include "disk/memory_disk_state.hpp"
#include "disk/piece_hashing.hpp"
#include "disk/piece_verdicts.hpp"
#include "disk/reader_space.hpp"
#include "disk/space_signal.hpp"
#include "disk/torrent_slots.hpp"
#include "memtorrent/torrent_placement.hpp"
#include "repair/piece_repairs.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/settings_pack.hpp>
#include <libtorrent/version.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace memtorrent {

class memory_disk_io final : public lt::disk_interface {
 public:
  /// Throws what `require_same_libtorrent` throws.
  memory_disk_io(std::shared_ptr<memory_disk_state> state, lt::io_context& io, lt::settings_interface const& settings,
                 lt::counters& counters, std::string_view libtorrent_version = lt::version());
  memory_disk_io(memory_disk_io const&) = delete;
  memory_disk_io& operator=(memory_disk_io const&) = delete;
  ~memory_disk_io() override;

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
  [[nodiscard]] std::vector<lt::open_file_state> get_status(lt::storage_index_t) const override { return {}; }
  void abort(bool wait) override;
  void submit_jobs() override {}
  void settings_updated() override;

 private:
  struct waiting_clear {
    std::shared_ptr<memory_storage> storage;
    lt::piece_index_t piece;
    std::function<void(lt::piece_index_t)> handler;
  };

  [[nodiscard]] int wanted_hash_threads();
  [[nodiscard]] repair_services services_for_repairs();
  boost::system::error_code apply_placement(torrent_placement const& mark, memory_storage const& storage);
  template <typename Handler, typename... Args>
  void answer(Handler handler, Args... args);
  void answer_write(std::shared_ptr<memory_storage> storage, lt::piece_index_t piece, std::uint64_t generation,
                    std::function<void(lt::storage_error const&)> handler);
  void drop_block(torrent_slot const& torrent, lt::peer_request const& request,
                  std::function<void(lt::storage_error const&)> handler);
  void refuse_hash(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, bool as_mismatch,
                   hash_handler handler);
  [[nodiscard]] std::shared_ptr<lt::torrent> torrent_of(memory_storage const& storage);
  void hash_answered(memory_storage const& storage);
  void answer_clears(memory_storage const& storage);
  lt::disk_buffer_holder read(torrent_slot& torrent, lt::peer_request const& request);

  std::shared_ptr<memory_disk_state> const m_state;
  lt::io_context& m_io;
  lt::settings_interface const& m_settings;
  lt::counters& m_counters;
  int m_hash_threads_setting;
  torrent_slots m_torrents;
  space_signal const m_signal;
  evictor m_evictor;
  back_pressure m_pressure;
  reader_space m_space;
  piece_verdicts m_verdicts;
  piece_hashing m_hashing;
  piece_repairs m_repairs;
  std::vector<waiting_clear> m_waiting_clears;
  bool m_aborted = false;
};

} // namespace memtorrent
