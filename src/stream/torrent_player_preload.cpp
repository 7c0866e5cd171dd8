// The player's preloads: play heads that fetch pieces before anybody reads.

#include "stream/torrent_player.hpp"

#include "memtorrent/block_ref.hpp"
#include "stream/stall_forecast.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

void torrent_player::begin_preload(play_head& head, std::int64_t bytes) {
  {
    locked const lock(m_mutex);
    auto const size = head.file.end - head.file.begin;
    if (size == 0) {
      head.preload_done = true;
      return;
    }
    head.preload_bytes = std::clamp<std::int64_t>(bytes, 1, size);
    auto const now = clock::now();
    head.read.sought(now);
    head.last_read = now;
    head.seek_number = disk().shares().next_seek_number();
  }
  plan_soon();
}

// The pieces that the preload wants, as far as its window holds them, and the pinned ends of its file.
std::vector<piece_range> torrent_player::preloaded_pieces(play_head const& head) const {
  auto const& geometry = m_storage->geometry();
  if (!(head.window.begin < head.window.end)) return {};
  piece_range const file{geometry.piece_at(head.file.begin), next_piece(geometry.piece_at(head.file.end - 1))};
  auto const last = geometry.piece_at(std::min(head.position + head.preload_bytes, head.file.end) - 1);
  std::vector<piece_range> pieces{{head.window.head, std::min(head.window.end, next_piece(last))}};
  for (auto const& range : m_file_ends) {
    auto const overlaps = [&](piece_range const& other) { return range.begin < other.end && other.begin < range.end; };
    bool const is_of_its_file = file.begin <= range.begin && range.end <= file.end;
    if (is_of_its_file && !overlaps(pieces.front())) pieces.push_back(range);
  }
  return pieces;
}

preload_progress torrent_player::progress_of(play_head const& head) const {
  preload_progress progress;
  locked const lock(m_mutex);
  for (auto const& range : preloaded_pieces(head))
    for (auto piece = range.begin; piece < range.end; ++piece) {
      progress.bytes_wanted += std::int64_t{m_storage->geometry().blocks_in_piece(piece)} * block_size_bytes;
      progress.bytes_there += std::int64_t{m_storage->blocks_there(piece)} * block_size_bytes;
    }
  progress.done = head.preload_done;
  if (!progress.done) progress.left = time_to_fill(progress.bytes_wanted - progress.bytes_there, m_fill_bytes_per_s);
  return progress;
}

void torrent_player::await_preload(play_head& head, memtorrent::preload::done_handler handler) {
  boost::system::error_code error;
  {
    locked const lock(m_mutex);
    if (!head.preload_done) {
      head.on_preload_done = std::exchange(handler, nullptr);
      return;
    }
    error = head.preload_error;
  }
  handler(error);
}

// The handler that is to be called, without the lock; null if there is none.
memtorrent::preload::done_handler torrent_player::end_preload(play_head& head, boost::system::error_code reason) {
  if (head.preload_bytes == 0 || std::exchange(head.preload_done, true)) return nullptr;
  head.preload_error = reason;
  return std::exchange(head.on_preload_done, nullptr);
}

std::vector<memtorrent::preload::done_handler> torrent_player::end_preloads(lt::file_index_t file) {
  std::vector<memtorrent::preload::done_handler> ended;
  for (auto const& head : m_heads) {
    if (head->file_index != file || head->preload_bytes == 0) continue;
    if (auto handler = end_preload(*head, {})) ended.push_back(std::move(handler));
    head->seek_number = 0;
  }
  return ended;
}

void torrent_player::finish_preloads() {
  std::vector<memtorrent::preload::done_handler> finished;
  {
    locked const lock(m_mutex);
    for (auto const& head : m_heads) {
      if (head->preload_bytes == 0 || head->preload_done || !head->has_space) continue;
      auto const pieces = preloaded_pieces(*head);
      bool const is_there = !pieces.empty() && std::all_of(pieces.begin(), pieces.end(), [&](piece_range const& range) {
        for (auto piece = range.begin; piece < range.end; ++piece)
          if (!m_storage->has_passed(piece)) return false;
        return true;
      });
      if (!is_there) continue;
      if (auto handler = end_preload(*head, {})) finished.push_back(std::move(handler));
    }
  }
  for (auto const& handler : finished) handler({});
}

} // namespace memtorrent
