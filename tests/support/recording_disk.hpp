// A disk I/O that does nothing but to write down what it is asked.

#pragma once

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/storage_defs.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace memtorrent::test {

/// What a `recording_disk` was asked, one line a call: the function, and the index it was called with, if any.
using call_log = std::vector<std::string>;

class recording_disk final : public lt::disk_interface {
 public:
  /// Gives out indices from `first_index` on.
  recording_disk(std::shared_ptr<call_log> log, int first_index) : m_log(std::move(log)), m_next_index(first_index) {}

  lt::storage_holder new_torrent(lt::storage_params const& params, std::shared_ptr<void> const&) override {
    m_log->push_back("new " + params.path);
    return {lt::storage_index_t(static_cast<std::uint32_t>(m_next_index++)), *this};
  }
  void remove_torrent(lt::storage_index_t i) override { note("remove", i); }
  void async_read(lt::storage_index_t i, lt::peer_request const&,
                  std::function<void(lt::disk_buffer_holder, lt::storage_error const&)>,
                  lt::disk_job_flags_t) override {
    note("read", i);
  }
  bool async_write(lt::storage_index_t i, lt::peer_request const&, char const*, std::shared_ptr<lt::disk_observer>,
                   std::function<void(lt::storage_error const&)>, lt::disk_job_flags_t) override {
    note("write", i);
    return true;
  }
  void async_hash(lt::storage_index_t i, lt::piece_index_t, lt::span<lt::sha256_hash>, lt::disk_job_flags_t,
                  std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)>) override {
    note("hash", i);
  }
  void async_hash2(lt::storage_index_t i, lt::piece_index_t, int, lt::disk_job_flags_t,
                   std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)>) override {
    note("hash2", i);
  }
  void async_move_storage(lt::storage_index_t i, std::string path, lt::move_flags_t,
                          std::function<void(lt::status_t, std::string const&, lt::storage_error const&)>) override {
    note("move to " + path, i);
  }
  void async_release_files(lt::storage_index_t i, std::function<void()>) override { note("release", i); }
  void async_check_files(lt::storage_index_t i, lt::add_torrent_params const*,
                         lt::aux::vector<std::string, lt::file_index_t>,
                         std::function<void(lt::status_t, lt::storage_error const&)>) override {
    note("check", i);
  }
  void async_stop_torrent(lt::storage_index_t i, std::function<void()>) override { note("stop", i); }
  void async_rename_file(lt::storage_index_t i, lt::file_index_t, std::string name,
                         std::function<void(std::string const&, lt::file_index_t, lt::storage_error const&)>) override {
    note("rename to " + name, i);
  }
  void async_delete_files(lt::storage_index_t i, lt::remove_flags_t,
                          std::function<void(lt::storage_error const&)>) override {
    note("delete", i);
  }
  void async_set_file_priority(
      lt::storage_index_t i, lt::aux::vector<lt::download_priority_t, lt::file_index_t>,
      std::function<void(lt::storage_error const&, lt::aux::vector<lt::download_priority_t, lt::file_index_t>)>)
      override {
    note("priority", i);
  }
  void async_clear_piece(lt::storage_index_t i, lt::piece_index_t, std::function<void(lt::piece_index_t)>) override {
    note("clear", i);
  }
  /// Sets the gauges that libtorrent's own disk I/O sets.
  void update_stats_counters(lt::counters& counters) const override {
    counters.set_value(lt::counters::disk_blocks_in_use, 1000);
    counters.set_value(lt::counters::num_jobs, 7);
  }
  std::vector<lt::open_file_state> get_status(lt::storage_index_t i) const override {
    note("status", i);
    return {};
  }
  void abort(bool wait) override { m_log->push_back(wait ? "abort and wait" : "abort"); }
  void submit_jobs() override { m_log->push_back("submit"); }
  void settings_updated() override { m_log->push_back("settings"); }

 private:
  void note(std::string const& what, lt::storage_index_t index) const {
    m_log->push_back(what + ' ' + std::to_string(static_cast<std::uint32_t>(index)));
  }

  std::shared_ptr<call_log> m_log;
  int m_next_index;
};

} // namespace memtorrent::test
