#include "hybrid/disk_router.hpp"

#include "bridge/picker_bridge.hpp"
#include "disk/memory_disk_state.hpp"
#include "disk/reader_space.hpp"
#include "memtorrent/error.hpp"

#include <libtorrent/performance_counters.hpp>
#include <libtorrent/session.hpp>
#include <libtorrent/torrent_info.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace memtorrent {

namespace {

std::unique_ptr<lt::disk_interface> make_files(hybrid_disk_config const& config, lt::io_context& network_thread,
                                               lt::settings_interface const& settings, lt::counters& counters) {
  return config.files ? config.files(network_thread, settings, counters)
                      : lt::default_disk_io_constructor(network_thread, settings, counters);
}

} // namespace

disk_router::disk_router(std::shared_ptr<hybrid_disk_state> state, lt::io_context& network_thread,
                         lt::settings_interface const& settings, lt::counters& counters)
    : m_state(std::move(state)),
      m_memory(m_state->memory_constructor()(network_thread, settings, counters)),
      m_files(make_files(m_state->config(), network_thread, settings, counters)),
      m_exports(*this, m_state, network_thread) {
  m_state->attach(*this);
}

disk_router::~disk_router() {
  m_exports.abort(true);
  m_state->detach();
}

// ---- torrents ----

place disk_router::place_of(lt::storage_params const& params, std::shared_ptr<void> const& torrent) const {
  if (auto const* const mark = picker_bridge::userdata_of(torrent).get<torrent_placement>()) return mark->where;
  auto const& choose = m_state->config().choose;
  return choose ? choose(params) : place::memory;
}

lt::storage_holder disk_router::new_torrent(lt::storage_params const& params, std::shared_ptr<void> const& torrent) {
  auto& disk = place_of(params, torrent) == place::files ? *m_files : *m_memory;
  slot added;
  added.disk = &disk;
  added.storage = disk.new_torrent(params, torrent);
  added.torrent = torrent;
  added.mode = params.mode;

  if (m_free_slots.empty()) {
    m_free_slots.emplace_back(static_cast<std::uint32_t>(m_slots.size()));
    m_slots.emplace_back();
  }
  auto const index = m_free_slots.back();
  m_free_slots.pop_back();
  at(index) = std::move(added);
  return {index, *this};
}

void disk_router::remove_torrent(lt::storage_index_t index) {
  m_exports.cancel(index, errc::torrent_removed);
  slot const removed = std::exchange(at(index), slot());
  m_free_slots.push_back(index);
}

std::optional<lt::storage_index_t> disk_router::slot_of(lt::torrent_handle const& torrent) const {
  std::shared_ptr<void> const wanted = torrent.native_handle();
  for (std::size_t i = 0; i < m_slots.size(); ++i)
    if (wanted && m_slots[i].torrent.lock() == wanted) return lt::storage_index_t(static_cast<std::uint32_t>(i));
  return std::nullopt;
}

// ---- exports ----

void disk_router::move_to_files(lt::storage_index_t index, lt::torrent_handle const& torrent, std::string const& path) {
  slot& s = at(index);
  auto const info = torrent.torrent_file();
  bool const renamed = &info->files() != &info->orig_files();
  lt::aux::vector<lt::download_priority_t, lt::file_index_t> const priorities(torrent.get_file_priorities());
  lt::storage_params const params(info->orig_files(), renamed ? &info->files() : nullptr, path, s.mode, priorities,
                                  info->info_hashes().get_best());
  auto in_files = m_files->new_torrent(params, s.torrent.lock());

  // Before `s.storage` is replaced: that would tell the torrent's streams that it was removed.
  auto& memory = *m_state->memory_constructor().disk().state();
  auto const storage = memory.find(torrent);
  if (auto* const space = storage ? memory.space() : nullptr) space->close(*storage, errc::moved_to_files);
  s.disk = m_files.get();
  s.storage = std::move(in_files);
  s.must_check = true;
}

void disk_router::export_ended(lt::storage_index_t index) {
  slot& s = at(index);
  s.is_exporting = false;
  for (auto const& job : std::exchange(s.held_back, {})) job();
}

void disk_router::async_move_storage(
    lt::storage_index_t index, std::string path, lt::move_flags_t flags,
    std::function<void(lt::status_t, std::string const&, lt::storage_error const&)> handler) {
  slot& s = at(index);
  if (m_exports.take_move(index, handler)) {
    s.is_exporting = true;
  } else if (s.is_exporting) {
    s.held_back.emplace_back([=] { async_move_storage(index, path, flags, handler); });
  } else {
    s.disk->async_move_storage(s.storage, std::move(path), flags, std::move(handler));
  }
}

void disk_router::async_rename_file(
    lt::storage_index_t index, lt::file_index_t file, std::string name,
    std::function<void(std::string const&, lt::file_index_t, lt::storage_error const&)> handler) {
  slot& s = at(index);
  if (s.is_exporting)
    s.held_back.emplace_back([=] { async_rename_file(index, file, name, handler); });
  else
    s.disk->async_rename_file(s.storage, file, std::move(name), std::move(handler));
}

void disk_router::async_set_file_priority(
    lt::storage_index_t index, lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities,
    std::function<void(lt::storage_error const&, lt::aux::vector<lt::download_priority_t, lt::file_index_t>)> handler) {
  slot& s = at(index);
  if (s.is_exporting)
    s.held_back.emplace_back([=] { async_set_file_priority(index, priorities, handler); });
  else
    s.disk->async_set_file_priority(s.storage, std::move(priorities), std::move(handler));
}

void disk_router::async_delete_files(lt::storage_index_t index, lt::remove_flags_t options,
                                     std::function<void(lt::storage_error const&)> handler) {
  m_exports.cancel(index, errc::torrent_removed);
  slot& s = at(index);
  s.disk->async_delete_files(s.storage, options, std::move(handler));
}

// libtorrent calls this to hear whether a check is needed. A disk I/O may be set to say no
// (`no_recheck_incomplete_resume`), but after an export the answer must be yes.
void disk_router::async_check_files(lt::storage_index_t index, lt::add_torrent_params const* resume_data,
                                    lt::aux::vector<std::string, lt::file_index_t> links,
                                    std::function<void(lt::status_t, lt::storage_error const&)> handler) {
  slot& s = at(index);
  if (std::exchange(s.must_check, false))
    handler = [handler = std::move(handler)](lt::status_t status, lt::storage_error const& error) {
      bool const skips_check = !error && (status & lt::status_t::mask) == lt::status_t::no_error;
      handler(skips_check ? status | lt::status_t::need_full_check : status, error);
    };
  s.disk->async_check_files(s.storage, resume_data, std::move(links), std::move(handler));
}

// ---- what only passes through ----

void disk_router::async_read(lt::storage_index_t index, lt::peer_request const& request,
                             std::function<void(lt::disk_buffer_holder, lt::storage_error const&)> handler,
                             lt::disk_job_flags_t flags) {
  slot& s = at(index);
  s.disk->async_read(s.storage, request, std::move(handler), flags);
}

bool disk_router::async_write(lt::storage_index_t index, lt::peer_request const& request, char const* data,
                              std::shared_ptr<lt::disk_observer> observer,
                              std::function<void(lt::storage_error const&)> handler, lt::disk_job_flags_t flags) {
  slot& s = at(index);
  return s.disk->async_write(s.storage, request, data, std::move(observer), std::move(handler), flags);
}

void disk_router::async_hash(
    lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2, lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)> handler) {
  slot& s = at(index);
  s.disk->async_hash(s.storage, piece, v2, flags, std::move(handler));
}

void disk_router::async_hash2(
    lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)> handler) {
  slot& s = at(index);
  s.disk->async_hash2(s.storage, piece, offset, flags, std::move(handler));
}

void disk_router::async_release_files(lt::storage_index_t index, std::function<void()> handler) {
  slot& s = at(index);
  s.disk->async_release_files(s.storage, std::move(handler));
}

void disk_router::async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) {
  slot& s = at(index);
  s.disk->async_stop_torrent(s.storage, std::move(handler));
}

void disk_router::async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                                    std::function<void(lt::piece_index_t)> handler) {
  slot& s = at(index);
  s.disk->async_clear_piece(s.storage, piece, std::move(handler));
}

std::vector<lt::open_file_state> disk_router::get_status(lt::storage_index_t index) const {
  slot const& s = at(index);
  return s.disk->get_status(s.storage);
}

// ---- session ----

// Each of the two disk I/Os sets its gauges, so the second would overwrite the first. The gauges that the disk I/Os of
// libtorrent 2.0 set, and that mean something as a sum, are summed. Everything else passes through: counters that are
// only incremented, and libtorrent 2.0.12's file_pool_*, which RAM does not have.
void disk_router::update_stats_counters(lt::counters& counters) const {
  constexpr std::array gauges{lt::counters::disk_blocks_in_use, lt::counters::queued_disk_jobs,
                              lt::counters::num_read_jobs, lt::counters::num_write_jobs, lt::counters::num_jobs};
  std::array<std::int64_t, gauges.size()> sums{};
  for (auto const* const disk : {m_memory.get(), m_files.get()}) {
    for (auto const gauge : gauges) counters.set_value(gauge, 0);
    disk->update_stats_counters(counters);
    for (std::size_t i = 0; i < gauges.size(); ++i) sums[i] += counters[gauges[i]];
  }
  for (std::size_t i = 0; i < gauges.size(); ++i) counters.set_value(gauges[i], sums[i]);
}

void disk_router::abort(bool wait) {
  m_exports.abort(wait);
  m_memory->abort(wait);
  m_files->abort(wait);
}

void disk_router::submit_jobs() {
  m_memory->submit_jobs();
  m_files->submit_jobs();
}

void disk_router::settings_updated() {
  m_memory->settings_updated();
  m_files->settings_updated();
}

} // namespace memtorrent
