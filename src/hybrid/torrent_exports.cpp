#include "hybrid/torrent_exports.hpp"

#include "bridge/reconnect.hpp"
#include "disk/memory_disk_state.hpp"
#include "hybrid/disk_router.hpp"
#include "memtorrent/error.hpp"
#include "precondition.hpp"

#include <libtorrent/operations.hpp>
#include <libtorrent/torrent_info.hpp>
#include <libtorrent/torrent_status.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

bool is_finished(lt::torrent_handle const& torrent) {
  auto const state = torrent.status(lt::status_flags_t{}).state;
  return state == lt::torrent_status::finished || state == lt::torrent_status::seeding;
}

/// The first piece of which `is` holds.
template <typename Predicate>
std::optional<lt::piece_index_t> find_piece(memory_storage const& storage, Predicate const& is) {
  for (lt::piece_index_t piece(0); piece < lt::piece_index_t(storage.geometry().num_pieces()); ++piece)
    if (is(piece)) return piece;
  return std::nullopt;
}

bool has_a_piece(memory_storage const& storage) {
  return find_piece(storage, [&](lt::piece_index_t piece) { return storage.has_passed(piece); }).has_value();
}

std::optional<lt::piece_index_t> piece_being_hashed(memory_storage const& storage) {
  return find_piece(storage, [&](lt::piece_index_t piece) { return storage.is_hash_requested(piece); });
}

} // namespace

// ---- begin ----

void torrent_exports::begin(lt::torrent_handle const& torrent, std::filesystem::path const& folder,
                            std::shared_ptr<export_answer> const& answer) {
  MEMTORRENT_REQUIRE(folder.is_absolute() && folder == folder.lexically_normal());
  auto const refuse = [&](errc why) { answer->give({why, {}}); };
  if (!torrent.is_valid()) return refuse(errc::torrent_removed);
  auto const slot = m_router.slot_of(torrent);
  auto storage = m_state->memory_constructor().disk().state()->find(torrent);
  if (!slot || !storage) return refuse(errc::not_in_memory);
  // Also one that was given up, which may still be deleting its files.
  if (std::any_of(m_running.begin(), m_running.end(), [&](auto const& e) { return e->torrent == torrent; }))
    return refuse(errc::export_running);
  if (!is_finished(torrent)) return refuse(errc::not_finished);
  if (!has_a_piece(*storage)) return refuse(errc::no_piece_in_memory);

  auto begun = std::make_unique<running>();
  begun->id = ++m_last_id;
  begun->slot = *slot;
  begun->torrent = torrent;
  begun->folder = folder;
  begun->storage = std::move(storage);
  begun->answer = answer;
  m_running.push_back(std::move(begun));

  // On the network thread libtorrent does this at once, and calls back through `take_move`. It does not call back when
  // the torrent is leaving the session.
  m_asking = m_running.back().get();
  torrent.move_storage(folder.string(), lt::move_flags_t::dont_replace);
  m_asking = nullptr;
  if (!m_running.back()->moved) {
    m_running.pop_back();
    return refuse(errc::torrent_removed);
  }
  // Posted, after the answers to renames that were asked for before: libtorrent must know the new names first.
  m_state->post([id = m_last_id](disk_router& router) { router.exports().start(id); });
}

bool torrent_exports::take_move(lt::storage_index_t slot, move_handler& handler) {
  if (!m_asking || m_asking->slot != slot) return false;
  m_asking->moved = std::move(handler);
  return true;
}

void torrent_exports::start(std::uint64_t id) {
  running* const e = find(id);
  if (!e) return;
  std::vector<planned_file> files;
  if (!e->failure)
    if (auto failure = plan_files(e->torrent.torrent_file()->files(), e->folder, files)) give_up(*e, failure);
  if (e->failure) return finish(id);
  e->writer = std::make_unique<export_writer>(e->storage, std::move(files));
  begin_round(*e);
}

// ---- rounds ----

void torrent_exports::begin_round(running& e) {
  e.in_round = true;
  // The guard keeps the network thread running for the answer.
  e.writer->begin_round([state = m_state, id = e.id, work = boost::asio::make_work_guard(m_network_thread)] {
    state->post([id](disk_router& router) { router.exports().round_ended(id); });
  });
}

void torrent_exports::round_ended(std::uint64_t id) {
  running* const e = find(id);
  if (!e) return;
  e->in_round = false;
  auto const failure = e->writer->end_round();
  if (failure && !e->failure) give_up(*e, failure);
  if (e->failure) return finish(id);
  go_on(id);
}

void torrent_exports::go_on(std::uint64_t id) {
  running* const e = find(id);
  if (!e || e->failure) return;
  if (auto const piece = piece_being_hashed(*e->storage)) {
    // `async_clear_piece` is answered after the piece's hash jobs. Then this looks at everything again.
    m_router.memory().async_clear_piece(m_router.child_index(e->slot), *piece, [state = m_state, id](auto) {
      state->post([id](disk_router& router) { router.exports().go_on(id); });
    });
  } else if (!e->writer->has_written_all()) {
    begin_round(*e);
  } else {
    complete(id);
  }
}

// ---- end ----

void torrent_exports::complete(std::uint64_t id) {
  auto const e = take(id);
  std::string const folder = e->folder.string();
  m_router.move_to_files(e->slot, e->torrent, folder);
  e->moved(lt::status_t::need_full_check, folder, lt::storage_error());
  m_state->post([torrent = e->torrent](disk_router&) { reconnect_dropped_peers(torrent); });
  m_router.export_ended(e->slot);
  e->answer->give({});
}

void torrent_exports::give_up(running& e, export_failure failure) {
  lt::storage_error const error(failure.error, lt::operation_t::file_write);
  e.failure = std::move(failure);
  boost::asio::post(m_network_thread, [moved = std::exchange(e.moved, nullptr), error] {
    moved(lt::status_t::fatal_disk_error, {}, error);
  });
  m_router.export_ended(e.slot);
}

void torrent_exports::finish(std::uint64_t id) {
  auto const e = take(id);
  e->answer->give(e->failure);
}

void torrent_exports::cancel(lt::storage_index_t slot, boost::system::error_code reason) {
  auto const found =
      std::find_if(m_running.begin(), m_running.end(), [&](auto const& e) { return e->slot == slot && !e->failure; });
  if (found == m_running.end()) return;
  running& e = **found;
  give_up(e, {reason, {}});
  if (!e.writer) return; // `start` is still to come
  e.writer->cancel();
  if (!e.in_round) begin_round(e);
}

void torrent_exports::abort(bool wait) {
  std::vector<lt::storage_index_t> slots;
  for (auto const& e : m_running) slots.push_back(e->slot);
  for (auto const slot : slots) cancel(slot, errc::session_closed);
  if (wait) m_running.clear();
}

torrent_exports::running* torrent_exports::find(std::uint64_t id) {
  auto const found = std::find_if(m_running.begin(), m_running.end(), [&](auto const& e) { return e->id == id; });
  return found == m_running.end() ? nullptr : found->get();
}

std::unique_ptr<torrent_exports::running> torrent_exports::take(std::uint64_t id) {
  auto const found = std::find_if(m_running.begin(), m_running.end(), [&](auto const& e) { return e->id == id; });
  auto taken = std::move(*found);
  m_running.erase(found);
  return taken;
}

} // namespace memtorrent
