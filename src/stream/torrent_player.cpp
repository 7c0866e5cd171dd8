#include "stream/torrent_player.hpp"

#include "precondition.hpp"
#include "stream/torrent_preload.hpp"
#include "stream/torrent_reader.hpp"

#include <libtorrent/torrent_info.hpp>

#include <algorithm>
#include <utility>

// Readers, and the reads that wait. Plans, preloads and status are in torrent_player_plan.cpp, _preload.cpp,
// _status.cpp.

namespace memtorrent {

namespace {

window_policy policy_of(streaming_options const& options) {
  window_policy policy;
  policy.look_behind_percent = options.look_behind_percent;
  policy.look_behind_ms = static_cast<int>(std::chrono::milliseconds(options.look_behind).count());
  return policy;
}

} // namespace

torrent_player::torrent_player(lt::torrent_handle torrent, std::shared_ptr<lt::torrent_info const> info,
                               std::shared_ptr<memory_disk_state> disk, std::shared_ptr<memory_storage> storage,
                               streaming_options const& options)
    : planned_torrent(std::move(disk)),
      m_torrent(std::move(torrent)),
      m_info(std::move(info)),
      m_storage(std::move(storage)),
      m_options(options),
      m_swarm(m_torrent),
      m_scheduler(m_swarm, policy_of(options)),
      m_watchdog(m_torrent) {}

// ---- readers ----

// Nobody reads pad files.
bool torrent_player::has_file(lt::file_index_t file) const {
  auto const& files = m_info->files();
  return file >= lt::file_index_t(0) && file < files.end_file() && !files.pad_file_at(file);
}

std::shared_ptr<play_head> torrent_player::add_head(lt::file_index_t file, boost::system::error_code& ec) {
  if (!has_file(file)) {
    ec = errc::no_such_file;
    return nullptr;
  }
  auto head = std::make_shared<play_head>();
  head->file_index = file;
  auto const& files = m_info->files();
  head->file = {files.file_offset(file), files.file_offset(file) + files.file_size(file)};
  head->position = head->file.begin;
  {
    locked const lock(m_mutex);
    if (m_closed) {
      ec = m_closed;
      return nullptr;
    }
    m_heads.push_back(head);
  }
  ec.clear();
  return head;
}

std::unique_ptr<byte_source> torrent_player::open(lt::file_index_t file, boost::system::error_code& ec) {
  auto head = add_head(file, ec);
  if (!head) return nullptr;
  return std::make_unique<torrent_reader>(shared(), std::move(head));
}

std::unique_ptr<memtorrent::preload> torrent_player::preload(lt::file_index_t file, std::int64_t bytes,
                                                             boost::system::error_code& ec) {
  auto head = add_head(file, ec);
  if (!head) return nullptr;
  begin_preload(*head, bytes);
  return std::make_unique<torrent_preload>(shared(), std::move(head));
}

// ---- reading ----

file_bytes torrent_player::take(play_head& head, std::int64_t max_bytes, clock::time_point now) {
  auto bytes = m_storage->read_passed(head.position, std::min(max_bytes, head.file.end - head.position));
  auto const before = head.position;
  for (auto const& slice : bytes) head.position += slice.size_bytes;
  head.read.read(head.position - before, now);
  return bytes;
}

void torrent_player::read(std::shared_ptr<play_head> const& head, std::int64_t position, std::int64_t max_bytes,
                          byte_source::read_handler handler) {
  file_bytes bytes;
  boost::system::error_code error;
  bool needs_plan = false;
  std::vector<memtorrent::preload::done_handler> ended;
  {
    locked const lock(m_mutex);
    MEMTORRENT_REQUIRE(!head->waiting);
    error = m_closed;
    if (!error) {
      auto const& geometry = m_storage->geometry();
      auto const planned = geometry.piece_at(head->position);
      auto const now = clock::now();
      bool const first_read = head->seek_number == 0;
      if (first_read) ended = end_preloads(head->file_index);
      if (first_read || position != head->position) {
        head->read.sought(now);
        head->seek_number = disk().shares().next_seek_number();
        // Until the next plan finds that there is none.
        head->has_space = true;
      }
      head->position = position;
      head->last_read = now;
      bytes = take(*head, max_bytes, now);
      needs_plan = first_read || bytes.empty() || geometry.piece_at(head->position) != planned;
      if (bytes.empty()) {
        head->waiting_max_bytes = max_bytes;
        head->waiting = std::exchange(handler, nullptr);
        head->waiting_since = now;
        head->wait = {};
      }
    }
  }
  if (needs_plan) plan_soon();
  for (auto const& done : ended) done({});
  if (handler) handler(error, std::move(bytes));
}

void torrent_player::cancel(play_head& head) {
  byte_source::read_handler cancelled;
  {
    locked const lock(m_mutex);
    cancelled = std::exchange(head.waiting, nullptr);
  }
  if (cancelled) cancelled(errc::read_cancelled, {});
}

void torrent_player::close(std::shared_ptr<play_head> const& head) {
  cancel(*head);
  memtorrent::preload::done_handler given_up;
  {
    locked const lock(m_mutex);
    given_up = end_preload(*head, errc::read_cancelled);
    m_heads.erase(std::remove(m_heads.begin(), m_heads.end(), head), m_heads.end());
  }
  plan_soon();
  if (given_up) given_up(errc::read_cancelled);
}

void torrent_player::on_piece_passed(lt::piece_index_t piece) {
  struct answer {
    byte_source::read_handler handler;
    file_bytes bytes;
  };
  std::vector<answer> answers;
  // So that the next missing piece gets its deadline.
  bool needs_plan = m_scheduler.has_deadline(piece);
  {
    locked const lock(m_mutex);
    needs_plan |= !std::exchange(m_has_passed_piece, true);
    m_failures.erase(piece);
    m_dropped.erase(piece);
    auto const now = clock::now();
    for (auto const& head : m_heads) {
      if (!head->waiting || m_storage->geometry().piece_at(head->position) != piece) continue;
      auto bytes = take(*head, head->waiting_max_bytes, now);
      if (bytes.empty()) continue;
      answers.push_back({std::exchange(head->waiting, nullptr), std::move(bytes)});
      needs_plan |= m_storage->geometry().piece_at(head->position) != piece;
    }
  }
  if (needs_plan) plan_soon();
  for (auto& a : answers) a.handler({}, std::move(a.bytes));
  finish_preloads();
}

void torrent_player::on_closed(boost::system::error_code reason) {
  std::vector<byte_source::read_handler> waiting;
  std::vector<memtorrent::preload::done_handler> preloads;
  {
    locked const lock(m_mutex);
    if (!m_closed) m_closed = reason;
    for (auto const& head : m_heads) {
      if (head->waiting) waiting.push_back(std::exchange(head->waiting, nullptr));
      if (auto given_up = end_preload(*head, reason)) preloads.push_back(std::move(given_up));
    }
  }
  m_watchdog.stop();
  for (auto const& handler : waiting) handler(reason, {});
  for (auto const& handler : preloads) handler(reason);
}

} // namespace memtorrent
