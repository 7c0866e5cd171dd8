// A disk I/O in front of another one, that watches how it answers.
//
// libtorrent relies on three things in every answer, and none of them shows in what is answered: that it comes exactly
// once, that it comes on the network thread, and that it comes after the call has returned.

#pragma once

#include <libtorrent/disk_interface.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace memtorrent::test {

/// Fails the test when an answer comes twice, on another thread, inside its call, or never. Calls come from the thread
/// that made the watch; on it answers are expected.
class answer_watch final : public lt::disk_interface {
 public:
  /// `reads_may_come_inside`: libtorrent bears it of reads (peer_connection::fill_send_buffer), so its mmap disk does.
  answer_watch(std::unique_ptr<lt::disk_interface> disk, bool reads_may_come_inside);
  answer_watch(answer_watch const&) = delete;
  answer_watch& operator=(answer_watch const&) = delete;
  ~answer_watch() override;

  /// Answers that are still to come.
  [[nodiscard]] int outstanding() const;
  /// Reads that were answered inside the call.
  [[nodiscard]] int inside() const;
  /// From here on answers may be lost: the io_context is destroyed with what it has not run.
  void forgive_losses();

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
  void update_stats_counters(lt::counters& counters) const override { m_disk->update_stats_counters(counters); }
  [[nodiscard]] std::vector<lt::open_file_state> get_status(lt::storage_index_t index) const override {
    return m_disk->get_status(index);
  }
  void abort(bool wait) override { m_disk->abort(wait); }
  void submit_jobs() override { m_disk->submit_jobs(); }
  void settings_updated() override { m_disk->settings_updated(); }

 private:
  struct tally;
  class job;

  std::unique_ptr<lt::disk_interface> const m_disk;
  std::shared_ptr<tally> const m_tally;
};

} // namespace memtorrent::test
