#include "disk/memory_disk_io.hpp"

#include "bridge/library_version.hpp"
#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"
#include "memtorrent/error.hpp"
#include "memtorrent/torrent_placement.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/operations.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/piece_block.hpp>
#include <libtorrent/storage_defs.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// libtorrent takes this error as "cancelled": no penalty for a peer, no error for the torrent.
lt::storage_error cancelled(lt::operation_t operation) { return {boost::asio::error::operation_aborted, operation}; }

} // namespace

memory_disk_io::memory_disk_io(std::shared_ptr<memory_disk_state> state, lt::io_context& io,
                               lt::settings_interface const& settings, lt::counters& counters,
                               std::string_view libtorrent_version)
    : m_state(std::move(state)),
      m_io(io),
      m_settings(settings),
      m_counters(counters),
      m_hash_threads_setting(settings.get_int(lt::settings_pack::hashing_threads)),
      m_signal(m_state->network(), [this] { m_space.space_changed(); }),
      m_evictor(m_torrents, *m_state->arena(), *m_state->network(), m_state->counts(), counters),
      m_pressure(io, *m_state->arena(), m_torrents, m_evictor, m_signal),
      m_space(io, *m_state, m_torrents, m_evictor, m_pressure, m_signal),
      m_verdicts(m_torrents, m_state->network(), m_signal),
      m_hashing(io, m_state->network(), m_pressure, wanted_hash_threads()),
      m_repairs(io, m_state->network(), {m_state->config().longest_repair, m_state->config().repair_patience},
                services_for_repairs(), m_state->counts().repairs, counters) {
  require_same_libtorrent(libtorrent_version);
  m_pressure.set_max_queued(settings.get_int(lt::settings_pack::max_queued_disk_bytes));
  m_state->attach(io, m_space);
}

memory_disk_io::~memory_disk_io() {
  abort(true);
  m_state->detach();
}

repair_services memory_disk_io::services_for_repairs() {
  repair_services services;
  services.torrent_of = [this](memory_storage const& storage) { return torrent_of(storage); };
  services.block_for = [this](memory_storage& storage, lt::piece_index_t piece) {
    torrent_slot* const slot = m_torrents.find(storage);
    if (!slot) return block_ref();
    return m_evictor.take_with_space({*slot, piece}, [&] { return storage.allocate(); });
  };
  services.hash = [this](std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                         hash_handler handler) {
    return m_hashing.hash_piece(storage, piece, {true, false}, {}, handler, [](bool) {});
  };
  return services;
}

template <typename Handler, typename... Args>
void memory_disk_io::answer(Handler handler, Args... args) {
  if (!handler) return; // libtorrent passes some empty ones
  boost::asio::post(m_io, [handler = std::move(handler), args...] { handler(args...); });
}

// ---- torrents ----

lt::storage_holder memory_disk_io::new_torrent(lt::storage_params const& params, std::shared_ptr<void> const& torrent) {
  auto storage = std::make_shared<memory_storage>(piece_geometry(params.files), m_state->arena());
  m_state->add(torrent.get(), storage);
  torrent_slot slot;
  if (auto const* const mark = picker_bridge::userdata_of(torrent).get<torrent_placement>())
    slot.refused = apply_placement(*mark, *storage);
  slot.storage = std::move(storage);
  slot.torrent = torrent;
  return {m_torrents.add(std::move(slot)), *this};
}

boost::system::error_code memory_disk_io::apply_placement(torrent_placement const& mark,
                                                          memory_storage const& storage) {
  auto const least = storage.geometry().least_budget_bytes();
  if (mark.cap_bytes > 0 && mark.cap_bytes < least && !mark.raise_small_cap) return errc::budget_too_small;
  if (mark.cap_bytes > 0) {
    storage.account()->set_cap(std::max(mark.cap_bytes, least));
    m_state->limits_changed();
  }
  if (mark.guarantee_bytes > storage.account()->cap() ||
      !m_state->arena()->budget().guarantee(storage.account(), std::max<std::int64_t>(mark.guarantee_bytes, 0)))
    return errc::guarantee_too_large;
  return {};
}

void memory_disk_io::remove_torrent(lt::storage_index_t index) {
  auto const storage = m_torrents.at(index).storage;
  m_repairs.forget(*storage);
  m_hashing.cancel(*storage);
  m_pressure.let_go_on(*storage);
  auto const listener = m_torrents.remove(index).listener();
  storage->evict_all();
  answer_clears(*storage);
  m_state->remove(*storage);
  if (listener) listener->on_closed(errc::torrent_removed);
  m_space.limits_changed();
}

void memory_disk_io::async_check_files(lt::storage_index_t index, lt::add_torrent_params const* resume_data,
                                       lt::aux::vector<std::string, lt::file_index_t> /*links*/,
                                       std::function<void(lt::status_t, lt::storage_error const&)> handler) {
  torrent_slot& torrent = m_torrents.at(index);
  auto refused = torrent.refused;
  if (m_state->arena()->budget().limit() < torrent.storage->geometry().least_budget_bytes())
    refused = errc::budget_too_small;
  if (refused) {
    answer(std::move(handler), lt::status_t::fatal_disk_error,
           lt::storage_error(refused, lt::operation_t::alloc_cache_piece));
    return;
  }

  m_repairs.cancel(*torrent.storage);
  torrent.storage->begin_recheck();
  if (std::exchange(torrent.recheck_asked, false)) m_evictor.make_space_in_unpicked(*torrent.storage);
  // Resume data may claim pieces that were in another process's RAM. The check finds what is really here.
  bool const claims_pieces =
      resume_data && ((resume_data->flags & lt::torrent_flags::seed_mode) || resume_data->have_pieces.count() > 0 ||
                      !resume_data->unfinished_pieces.empty());
  bool const check = claims_pieces || !torrent.storage->order().empty();
  answer(std::move(handler), check ? lt::status_t::need_full_check : lt::status_t::no_error, lt::storage_error());
}

void memory_disk_io::async_delete_files(lt::storage_index_t index, lt::remove_flags_t /*options*/,
                                        std::function<void(lt::storage_error const&)> handler) {
  auto const storage = m_torrents.at(index).storage;
  m_repairs.cancel(*storage);
  m_hashing.cancel(*storage);
  storage->evict_all();
  answer_clears(*storage);
  answer(std::move(handler), lt::storage_error());
  m_space.space_changed();
}

// There are no files to move, rename, release or split by priority: these succeed with what they were asked for.

void memory_disk_io::async_move_storage(
    lt::storage_index_t /*index*/, std::string path, lt::move_flags_t /*flags*/,
    std::function<void(lt::status_t, std::string const&, lt::storage_error const&)> handler) {
  answer(std::move(handler), lt::status_t::no_error, std::move(path), lt::storage_error());
}

void memory_disk_io::async_release_files(lt::storage_index_t /*index*/, std::function<void()> handler) {
  answer(std::move(handler));
}

// Only for a torrent that was removed, which its repairs would keep alive until they end. The repairs of one that is
// paused go on: libtorrent does not hash a piece again whose hash was cancelled.
void memory_disk_io::async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) {
  auto const& slot = m_torrents.at(index);
  auto const torrent = picker_bridge::torrent_of(slot.torrent.lock());
  if (!torrent || picker_bridge::is_aborted(*torrent)) m_repairs.cancel(*slot.storage);
  answer(std::move(handler));
}

void memory_disk_io::async_rename_file(
    lt::storage_index_t /*index*/, lt::file_index_t file, std::string name,
    std::function<void(std::string const&, lt::file_index_t, lt::storage_error const&)> handler) {
  answer(std::move(handler), std::move(name), file, lt::storage_error());
}

void memory_disk_io::async_set_file_priority(
    lt::storage_index_t /*index*/, lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities,
    std::function<void(lt::storage_error const&, lt::aux::vector<lt::download_priority_t, lt::file_index_t>)> handler) {
  answer(std::move(handler), lt::storage_error(), std::move(priorities));
}

// ---- blocks ----

void memory_disk_io::async_read(lt::storage_index_t index, lt::peer_request const& request,
                                std::function<void(lt::disk_buffer_holder, lt::storage_error const&)> handler,
                                lt::disk_job_flags_t /*flags*/) {
  if (!handler) return;
  auto buffer = read(m_torrents.at(index), request);
  bool const there = static_cast<bool>(buffer);
  if (there) {
    m_counters.inc_stats_counter(lt::counters::num_blocks_read);
    m_counters.inc_stats_counter(lt::counters::num_read_ops);
  }
  auto const error = there ? lt::storage_error() : cancelled(lt::operation_t::file_read);
  boost::asio::post(m_io, [handler = std::move(handler), buffer = std::move(buffer), error]() mutable {
    handler(std::move(buffer), error);
  });
}

lt::disk_buffer_holder memory_disk_io::read(torrent_slot& torrent, lt::peer_request const& request) {
  auto& storage = *torrent.storage;
  auto& arena = storage.arena();
  int const in_block = request.start % block_size_bytes;
  if (in_block + request.length <= block_size_bytes)
    if (auto slice = storage.slice(request.piece, request.start, request.length)) return arena.lend(std::move(*slice));

  // A request that crosses blocks, or holds pad that was never sent, is put together in a block of its own.
  if (request.length > block_size_bytes || !storage.holds(request.piece, request.start, request.length)) return {};
  auto scratch = m_evictor.take_with_space({torrent, request.piece, piece_rank{keep_reason::idle_window, 0}},
                                           [&] { return storage.allocate(); });
  if (!scratch || !storage.copy(request.piece, request.start, {scratch.data(), request.length})) return {};
  char const* const data = scratch.data();
  return arena.lend({std::move(scratch), data, request.length});
}

bool memory_disk_io::async_write(lt::storage_index_t index, lt::peer_request const& request, char const* data,
                                 std::shared_ptr<lt::disk_observer> observer,
                                 std::function<void(lt::storage_error const&)> handler,
                                 lt::disk_job_flags_t /*flags*/) {
  torrent_slot& torrent = m_torrents.at(index);
  auto const storage = torrent.storage;
  if (m_aborted) {
    answer(std::move(handler), cancelled(lt::operation_t::file_write));
    return false;
  }
  auto const generation = m_evictor.take_with_space({torrent, request.piece}, [&] {
    return storage->write(request.piece, request.start, {data, request.length});
  });
  if (generation != 0) {
    m_counters.inc_stats_counter(lt::counters::num_blocks_written);
    m_counters.inc_stats_counter(lt::counters::num_write_ops);
    answer_write(storage, request.piece, generation, std::move(handler));
    m_hashing.block_arrived(storage, request.piece);
  } else {
    drop_block(torrent, request, std::move(handler));
  }
  return m_pressure.hold_back(torrent, observer);
}

// libtorrent hears that the write was cancelled, and takes the block for one that nobody was asked for. So who was
// asked for it as well is so no more.
void memory_disk_io::drop_block(torrent_slot const& torrent, lt::peer_request const& request,
                                std::function<void(lt::storage_error const&)> handler) {
  ++m_state->counts().blocks_dropped;
  lt::piece_block const block(request.piece, request.start / block_size_bytes);
  boost::asio::post(m_io, [weak = torrent.torrent, block, handler = std::move(handler)] {
    if (auto const it = picker_bridge::torrent_of(weak.lock())) peer_bridge::cancel(*it, block);
    if (handler) handler(cancelled(lt::operation_t::file_write));
  });
  if (auto const listener = torrent.listener()) listener->on_block_dropped(request.piece);
}

void memory_disk_io::answer_write(std::shared_ptr<memory_storage> storage, lt::piece_index_t piece,
                                  std::uint64_t generation, std::function<void(lt::storage_error const&)> handler) {
  if (!handler) return;
  boost::asio::post(m_io, [storage = std::move(storage), piece, generation, handler = std::move(handler)] {
    bool const current = storage->generation(piece) == generation;
    handler(current ? lt::storage_error() : cancelled(lt::operation_t::file_write));
  });
}

// ---- hashes ----

void memory_disk_io::async_hash(
    lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2, lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)> handler) {
  auto const storage = m_torrents.at(index).storage;
  // Only a check of the whole torrent reads sequentially (torrent::start_checking). In a check, a piece that is not in
  // RAM is answered by a hash that does not match: an error would skip the rest of the file, or stop the torrent.
  bool const checking = static_cast<bool>(flags & lt::disk_interface::sequential_access);
  hash_kinds const kinds{static_cast<bool>(flags & lt::disk_interface::v1_hash), !v2.empty()};
  answered_handler answered = [this, network = m_state->network(), storage, piece, checking](bool was_hashed) {
    if (!network->is_open()) return;
    if (was_hashed) {
      m_counters.inc_stats_counter(lt::counters::num_blocks_hashed, storage->geometry().blocks_in_piece(piece));
      m_verdicts.piece_hashed(*storage, piece, checking);
    }
    hash_answered(*storage);
  };
  bool const can_be_repaired = kinds.v1 && !storage->geometry().is_v2() && !checking &&
                               !m_settings.get_bool(lt::settings_pack::disable_hash_checks);
  if (can_be_repaired)
    handler = m_repairs.look_after(storage, std::move(handler), std::exchange(answered, [](bool) {}));
  if (!m_aborted && m_hashing.hash_piece(storage, piece, kinds, v2, handler, answered)) return;
  std::fill(v2.begin(), v2.end(), lt::sha256_hash());
  refuse_hash(storage, piece, checking && !m_aborted, std::move(handler));
}

void memory_disk_io::refuse_hash(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                                 bool as_mismatch, hash_handler handler) {
  auto const error = as_mismatch ? lt::storage_error() : cancelled(lt::operation_t::file_read);
  boost::asio::post(m_io, [this, network = m_state->network(), storage, piece, error, handler = std::move(handler)] {
    if (handler) handler(piece, lt::sha1_hash(), error);
    auto const torrent = network->is_open() ? torrent_of(*storage) : nullptr;
    if (torrent) picker_bridge::forget_empty_download(*torrent, piece);
  });
}

std::shared_ptr<lt::torrent> memory_disk_io::torrent_of(memory_storage const& storage) {
  torrent_slot* const slot = m_torrents.find(storage);
  return slot ? picker_bridge::torrent_of(slot->torrent.lock()) : nullptr;
}

// Until its hash was answered the piece could neither go nor be cleared.
void memory_disk_io::hash_answered(memory_storage const& storage) {
  answer_clears(storage);
  m_space.space_changed();
}

void memory_disk_io::async_hash2(
    lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t /*flags*/,
    std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)> handler) {
  auto const& storage = m_torrents.at(index).storage;
  auto const answered = [this, network = m_state->network(), storage] {
    if (network->is_open()) hash_answered(*storage);
  };
  if (!m_aborted && m_hashing.hash_block(storage, piece, offset / block_size_bytes, handler, answered)) return;
  answer(std::move(handler), piece, lt::sha256_hash(), cancelled(lt::operation_t::file_read));
}

// The blocks stay in RAM: of a v2 piece only the blocks that failed are fetched again.
void memory_disk_io::async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                                       std::function<void(lt::piece_index_t)> handler) {
  m_waiting_clears.push_back({m_torrents.at(index).storage, piece, std::move(handler)});
  answer_clears(*m_waiting_clears.back().storage);
}

void memory_disk_io::answer_clears(memory_storage const& storage) {
  auto const first =
      std::stable_partition(m_waiting_clears.begin(), m_waiting_clears.end(), [&](waiting_clear const& clear) {
        return clear.storage.get() != &storage || storage.is_being_hashed(clear.piece);
      });
  for (auto clear = first; clear != m_waiting_clears.end(); ++clear) answer(std::move(clear->handler), clear->piece);
  m_waiting_clears.erase(first, m_waiting_clears.end());
}

// ---- session ----

void memory_disk_io::update_stats_counters(lt::counters& counters) const {
  auto const& arena = *m_state->arena();
  counters.set_value(lt::counters::disk_blocks_in_use, arena.budget().used() / block_size_bytes);
  counters.set_value(lt::counters::queued_disk_jobs, arena.unhashed_bytes() / block_size_bytes);
}

// The setting counts unless it is libtorrent's default (one thread), which nobody chose.
int memory_disk_io::wanted_hash_threads() {
  int const by_default = lt::default_settings().get_int(lt::settings_pack::hashing_threads);
  if (m_hash_threads_setting != by_default) return m_hash_threads_setting;
  return m_state->config().hash_threads;
}

void memory_disk_io::settings_updated() {
  m_pressure.set_max_queued(m_settings.get_int(lt::settings_pack::max_queued_disk_bytes));
  int const setting = m_settings.get_int(lt::settings_pack::hashing_threads);
  if (m_hash_threads_setting == setting) return;
  // libtorrent cannot be told of an error here. The workers that there are go on, and the next change of any setting
  // tries again.
  if (!m_hashing.set_threads(setting)) m_hash_threads_setting = setting;
}

void memory_disk_io::abort(bool wait) {
  if (!std::exchange(m_aborted, true)) {
    for (auto& clear : std::exchange(m_waiting_clears, {})) answer(std::move(clear.handler), clear.piece);
    m_repairs.stop();
    m_pressure.end();
    m_torrents.for_each([](torrent_slot const& torrent) {
      if (auto const listener = torrent.listener()) listener->on_closed(errc::session_closed);
    });
  }
  m_hashing.stop(wait);
}

} // namespace memtorrent
