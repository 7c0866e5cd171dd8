#include "disk/memory_disk_io.hpp"

#include "disk/picker_bridge.hpp"
#include "disk/piece_hash.hpp"
#include "memtorrent/error.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/operations.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/storage_defs.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// libtorrent takes this one as "cancelled": no penalty for a peer, no error for the torrent.
lt::storage_error cancelled(lt::operation_t operation) { return {boost::asio::error::operation_aborted, operation}; }

} // namespace

memory_disk_io::memory_disk_io(std::shared_ptr<memory_disk_state> state, lt::io_context& network_thread,
                               lt::settings_interface const& settings, lt::counters& counters)
    : m_state(std::move(state)),
      m_network_thread(network_thread),
      m_settings(settings),
      m_counters(counters),
      m_hashers(settings.get_int(lt::settings_pack::hashing_threads)) {
  m_state->attach(network_thread, *this);
}

memory_disk_io::~memory_disk_io() {
  abort(true);
  m_state->detach();
}

template <typename Handler, typename... Args>
void memory_disk_io::answer(Handler handler, Args... args) {
  if (!handler) return; // libtorrent passes some empty ones
  boost::asio::post(m_network_thread, [handler = std::move(handler), args...] { handler(args...); });
}

memory_disk_io::slot* memory_disk_io::find_slot(memory_storage const& storage) {
  auto const found =
      std::find_if(m_slots.begin(), m_slots.end(), [&](slot const& s) { return s.storage.get() == &storage; });
  return found == m_slots.end() ? nullptr : &*found;
}

// ---- torrents ----

lt::storage_holder memory_disk_io::new_torrent(lt::storage_params const& params, std::shared_ptr<void> const& torrent) {
  if (m_free_slots.empty()) {
    m_free_slots.emplace_back(static_cast<std::uint32_t>(m_slots.size()));
    m_slots.emplace_back();
  }
  auto const index = m_free_slots.back();
  m_free_slots.pop_back();

  auto storage = std::make_shared<memory_storage>(piece_geometry(params.files), m_state->arena());
  m_state->add(torrent.get(), storage);
  at(index) = slot{std::move(storage), torrent};
  return {index, *this};
}

void memory_disk_io::remove_torrent(lt::storage_index_t index) {
  slot removed = std::exchange(at(index), slot{});
  m_free_slots.push_back(index);
  removed.storage->evict_all();
  m_state->remove(*removed.storage);
  if (auto const listener = removed.storage->listener()) listener->on_closed(errc::torrent_removed);
  wake_blocked_peers();
}

void memory_disk_io::async_check_files(lt::storage_index_t index, lt::add_torrent_params const* resume_data,
                                       lt::aux::vector<std::string, lt::file_index_t> /*links*/,
                                       std::function<void(lt::status_t, lt::storage_error const&)> handler) {
  slot& s = at(index);
  auto const& geometry = s.storage->geometry();
  std::int64_t const limit = m_state->arena()->budget().limit();
  if (geometry.resident_bytes() > limit && limit < minimum_budget_bytes(geometry.piece_length_bytes())) {
    answer(std::move(handler), lt::status_t::fatal_disk_error,
           lt::storage_error(make_error_code(errc::budget_too_small), lt::operation_t::alloc_cache_piece));
    return;
  }

  s.storage->begin_recheck();
  if (std::exchange(s.recheck_asked, false)) make_room_in_unpicked(*s.storage);
  // Resume data may claim pieces that were in another process's RAM. The check finds what is really here.
  bool const claims_pieces =
      resume_data && ((resume_data->flags & lt::torrent_flags::seed_mode) || resume_data->have_pieces.count() > 0 ||
                      !resume_data->unfinished_pieces.empty());
  bool const check = claims_pieces || !s.storage->resident_pieces().empty();
  answer(std::move(handler), check ? lt::status_t::need_full_check : lt::status_t::no_error, lt::storage_error());
}

void memory_disk_io::async_delete_files(lt::storage_index_t index, lt::remove_flags_t /*options*/,
                                        std::function<void(lt::storage_error const&)> handler) {
  at(index).storage->evict_all();
  answer(std::move(handler), lt::storage_error());
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

void memory_disk_io::async_stop_torrent(lt::storage_index_t /*index*/, std::function<void()> handler) {
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
  auto buffer = read(*at(index).storage, request);
  bool const there = static_cast<bool>(buffer);
  if (there) {
    m_counters.inc_stats_counter(lt::counters::num_blocks_read);
    m_counters.inc_stats_counter(lt::counters::num_read_ops);
  }
  auto const error = there ? lt::storage_error() : cancelled(lt::operation_t::file_read);
  boost::asio::post(m_network_thread, [handler = std::move(handler), buffer = std::move(buffer), error]() mutable {
    handler(std::move(buffer), error);
  });
}

lt::disk_buffer_holder memory_disk_io::read(memory_storage& storage, lt::peer_request const& request) {
  auto& arena = storage.arena();
  int const in_block = request.start % block_size_bytes;
  if (in_block + request.length <= block_size_bytes)
    if (auto slice = storage.slice(request.piece, request.start, request.length)) return arena.lend(std::move(*slice));

  // What crosses blocks, or is pad that was never sent, is put together in a block of its own.
  if (request.length > block_size_bytes || !storage.holds(request.piece, request.start, request.length)) return {};
  block_ref scratch = arena.allocate();
  while (!scratch && evict_one_below({keep_reason::idle_window, 0}, &storage, request.piece))
    scratch = arena.allocate();
  if (!scratch || !storage.copy(request.piece, request.start, {scratch.data(), request.length})) return {};
  char const* const data = scratch.data();
  return arena.lend({std::move(scratch), data, request.length});
}

bool memory_disk_io::async_write(lt::storage_index_t index, lt::peer_request const& request, char const* data,
                                 std::shared_ptr<lt::disk_observer> observer,
                                 std::function<void(lt::storage_error const&)> handler,
                                 lt::disk_job_flags_t /*flags*/) {
  auto const storage = at(index).storage;
  bool stored = false;
  if (!m_aborted)
    while (!(stored = storage->write(request.piece, request.start, {data, request.length})))
      if (!evict_one_below(storage->rank(request.piece), storage.get(), request.piece)) break;

  if (!stored) {
    answer(std::move(handler), cancelled(lt::operation_t::file_write));
    if (m_aborted) return false;
    ++m_state->blocks_dropped;
    if (auto const listener = storage->listener()) listener->on_block_dropped(request.piece);
    wait_for_room(std::move(observer));
    return true;
  }
  m_counters.inc_stats_counter(lt::counters::num_blocks_written);
  m_counters.inc_stats_counter(lt::counters::num_write_ops);
  answer_write(storage, request.piece, std::move(handler));
  return false;
}

void memory_disk_io::answer_write(std::shared_ptr<memory_storage> storage, lt::piece_index_t piece,
                                  std::function<void(lt::storage_error const&)> handler) {
  if (!handler) return;
  auto const generation = storage->generation(piece);
  boost::asio::post(m_network_thread, [storage = std::move(storage), piece, generation, handler = std::move(handler)] {
    bool const current = storage->generation(piece) == generation;
    handler(current ? lt::storage_error() : cancelled(lt::operation_t::file_write));
  });
}

// ---- hashes ----

void memory_disk_io::async_hash(
    lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2, lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)> handler) {
  auto const storage = at(index).storage;
  // Only a check of the whole torrent reads sequentially (torrent::start_checking). There a piece that is not here
  // must simply not match: an error would skip the rest of the file, or stop the torrent.
  bool const checking = static_cast<bool>(flags & lt::disk_interface::sequential_access);
  auto blocks = m_aborted ? std::nullopt : storage->hold_for_hashing(piece);
  if (!blocks) {
    std::fill(v2.begin(), v2.end(), lt::sha256_hash());
    refuse_hash(storage, piece, checking && !m_aborted, std::move(handler));
    return;
  }

  bool const v1 = static_cast<bool>(flags & lt::disk_interface::v1_hash);
  m_hashers.submit([state = m_state, storage, piece, v2, v1, checking, blocks = std::move(*blocks),
                    handler = std::move(handler),
                    // keeps the network thread running for the answer
                    work = boost::asio::make_work_guard(m_network_thread)](bool was_cancelled) mutable {
    lt::sha1_hash hash;
    if (!was_cancelled) {
      if (v1) hash = hash_piece_v1(storage->geometry(), piece, blocks);
      if (!v2.empty()) hash_blocks_v2(storage->geometry(), piece, blocks, v2);
    }
    blocks.clear();
    auto const error = was_cancelled ? cancelled(lt::operation_t::file_read) : lt::storage_error();
    state->post([storage, piece, hash, error, checking, handler = std::move(handler)](memory_disk_io& disk) {
      disk.answer_hash(storage, piece, checking, [=] {
        if (handler) handler(piece, hash, error);
      });
    });
  });
}

void memory_disk_io::refuse_hash(
    std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, bool as_mismatch,
    std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)> handler) {
  auto const error = as_mismatch ? lt::storage_error() : cancelled(lt::operation_t::file_read);
  boost::asio::post(m_network_thread, [state = m_state, storage, piece, error, handler = std::move(handler)] {
    if (handler) handler(piece, lt::sha1_hash(), error);
    auto* const disk = state->disk();
    slot* const s = disk ? disk->find_slot(*storage) : nullptr;
    auto const torrent = s ? picker_bridge::torrent_of(s->torrent.lock()) : nullptr;
    if (torrent) picker_bridge::forget_empty_download(*torrent, piece);
  });
}

// What the network thread posts to itself is queued only when its running handler ends, so a fast worker's answer can
// overtake the answers of the piece's last writes. Then libtorrent would know the hash before it knows that the piece
// is complete, and would not have it yet. Posting once more puts the hash behind them.
void memory_disk_io::answer_hash(std::shared_ptr<memory_storage> storage, lt::piece_index_t piece, bool checking,
                                 std::function<void()> call_handler) {
  boost::asio::post(m_network_thread, [state = m_state, storage = std::move(storage), piece, checking,
                                       call_handler = std::move(call_handler)] {
    storage->release_hashed(piece);
    call_handler();
    if (auto* const disk = state->disk()) disk->hash_answered(storage, piece, checking);
  });
}

// libtorrent has just decided, inside the handler, whether the piece is had.
void memory_disk_io::hash_answered(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                                   bool checking) {
  m_counters.inc_stats_counter(lt::counters::num_blocks_hashed, storage->geometry().blocks_in_piece(piece));
  for (std::size_t i = 0; i < m_waiting_clears.size();) {
    auto& clear = m_waiting_clears[i];
    if (clear.storage == storage && clear.piece == piece && !storage->is_being_hashed(piece)) {
      answer(std::move(clear.handler), piece);
      m_waiting_clears.erase(m_waiting_clears.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }

  slot* const s = find_slot(*storage);
  if (auto const torrent = s ? picker_bridge::torrent_of(s->torrent.lock()) : nullptr) {
    if (picker_bridge::has_piece(*torrent, piece)) {
      storage->mark_passed(piece);
      if (auto const listener = storage->listener()) listener->on_piece_passed(piece);
    } else if (checking) {
      storage->evict(piece);
    }
  }
  // The piece was kept from going, and may go now.
  auto const& budget = m_state->arena()->budget();
  if (!m_blocked_peers.empty() || budget.used() > budget.limit()) budget_changed();
}

void memory_disk_io::async_hash2(
    lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t /*flags*/,
    std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)> handler) {
  auto const storage = at(index).storage;
  auto slice = m_aborted ? std::nullopt : storage->slice(piece, offset, 1);
  if (!slice) {
    answer(std::move(handler), piece, lt::sha256_hash(), cancelled(lt::operation_t::file_read));
    return;
  }
  m_hashers.submit([this, storage, piece, offset, slice = std::move(*slice), handler = std::move(handler),
                    work = boost::asio::make_work_guard(m_network_thread)](bool was_cancelled) mutable {
    auto const hash = was_cancelled ? lt::sha256_hash()
                                    : hash_block_v2(storage->geometry(), piece, offset / block_size_bytes, slice.data);
    slice = {};
    answer(std::move(handler), piece, hash,
           was_cancelled ? cancelled(lt::operation_t::file_read) : lt::storage_error());
  });
}

// The blocks stay: of a v2 piece only the blocks that failed are fetched again.
void memory_disk_io::async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                                       std::function<void(lt::piece_index_t)> handler) {
  auto const& storage = at(index).storage;
  if (storage->is_being_hashed(piece))
    m_waiting_clears.push_back({storage, piece, std::move(handler)});
  else
    answer(std::move(handler), piece);
}

// ---- room ----

bool memory_disk_io::evict_one_below(piece_rank rank, memory_storage const* arriving_storage,
                                     lt::piece_index_t arriving_piece) {
  struct choice {
    slot* from;
    memory_storage::candidate piece;
  };
  std::vector<choice> choices;
  for (auto& s : m_slots) {
    if (!s.storage) continue;
    for (auto const& candidate : s.storage->eviction_candidates())
      if (candidate.rank < rank && !(s.storage.get() == arriving_storage && candidate.piece == arriving_piece))
        choices.push_back({&s, candidate});
  }
  // A heap, because the first choice is nearly always possible.
  auto const goes_later = [](choice const& a, choice const& b) { return b.piece.rank < a.piece.rank; };
  std::make_heap(choices.begin(), choices.end(), goes_later);
  while (!choices.empty()) {
    std::pop_heap(choices.begin(), choices.end(), goes_later);
    if (let_go(*choices.back().from, choices.back().piece.piece)) return true;
    choices.pop_back();
  }
  return false;
}

bool memory_disk_io::let_go(slot& from, lt::piece_index_t piece) {
  auto const storage = from.storage;
  auto const listener = storage->listener();
  if (auto const torrent = picker_bridge::torrent_of(from.torrent.lock())) {
    auto const state = picker_bridge::state_of(*torrent, piece);
    if (state == picker_bridge::piece_state::in_transition) return false;
    if (state == picker_bridge::piece_state::seed) {
      if (listener && !std::exchange(from.recheck_asked, true)) listener->on_recheck_needed();
      return false;
    }
    if (!is_sound(from, *torrent)) return false;
    picker_bridge::let_go(*torrent, piece, m_counters);
    ++(state == picker_bridge::piece_state::have ? m_state->complete_pieces_evicted : m_state->partial_pieces_evicted);
  }
  storage->evict(piece);
  if (listener) listener->on_piece_evicted(piece);
  return true;
}

// A recheck that was asked for to make room: libtorrent has forgotten all pieces, so they can go without it. What
// nobody's window holds goes, and then by rank what is above the budget. (If all stayed, it would be a seed again.)
void memory_disk_io::make_room_in_unpicked(memory_storage& storage) {
  auto const& budget = m_state->arena()->budget();
  auto candidates = storage.eviction_candidates();
  std::sort(candidates.begin(), candidates.end(), [](auto const& a, auto const& b) { return a.rank < b.rank; });
  for (auto const& candidate : candidates) {
    if (candidate.rank.reason != keep_reason::none && budget.used() <= budget.limit()) return;
    storage.evict(candidate.piece);
    ++m_state->complete_pieces_evicted;
  }
}

bool memory_disk_io::is_sound(slot& of, lt::torrent& torrent) {
  if (of.picker_check == slot::check::not_yet)
    of.picker_check = picker_bridge::self_check(torrent) ? slot::check::failed : slot::check::passed;
  return of.picker_check == slot::check::passed;
}

boost::system::error_code memory_disk_io::check_picker(memory_storage const& storage) {
  slot* const s = find_slot(storage);
  auto const torrent = s ? picker_bridge::torrent_of(s->torrent.lock()) : nullptr;
  if (!torrent) return errc::torrent_removed;
  return is_sound(*s, *torrent) ? boost::system::error_code() : make_error_code(errc::picker_mismatch);
}

void memory_disk_io::wait_for_room(std::shared_ptr<lt::disk_observer> observer) {
  if (observer) m_blocked_peers.push_back(std::move(observer));
  m_state->arena()->budget().when_room(block_size_bytes, [weak = std::weak_ptr<memory_disk_state>(m_state)] {
    if (auto const state = weak.lock()) state->post([](memory_disk_io& disk) { disk.budget_changed(); });
  });
}

void memory_disk_io::wake_blocked_peers() {
  for (auto& peer : std::exchange(m_blocked_peers, {}))
    boost::asio::post(m_network_thread, [peer = std::move(peer)] { peer->on_disk(); });
}

void memory_disk_io::budget_changed() {
  auto const& budget = m_state->arena()->budget();
  while (budget.used() > budget.limit() && evict_one_below({keep_reason::pinned, 0}, nullptr, lt::piece_index_t(-1))) {
  }
  wake_blocked_peers();
  if (budget.used() > budget.limit()) wait_for_room(nullptr);
}

void memory_disk_io::windows_changed() { wake_blocked_peers(); }

// ---- session ----

void memory_disk_io::update_stats_counters(lt::counters& counters) const {
  counters.set_value(lt::counters::disk_blocks_in_use, m_state->arena()->budget().used() / block_size_bytes);
}

void memory_disk_io::settings_updated() {
  m_hashers.set_threads(m_settings.get_int(lt::settings_pack::hashing_threads));
}

void memory_disk_io::abort(bool wait) {
  if (!std::exchange(m_aborted, true)) {
    for (auto& clear : std::exchange(m_waiting_clears, {})) answer(std::move(clear.handler), clear.piece);
    wake_blocked_peers();
    for (auto const& s : m_slots)
      if (auto const listener = s.storage ? s.storage->listener() : nullptr) listener->on_closed(errc::session_closed);
  }
  m_hashers.stop(wait);
}

} // namespace memtorrent
