#include "pieces/marked_torrent.hpp"

#include "cache/budget_shares.hpp"
#include "disk/reader_space.hpp"
#include "stream/window_plan.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace memtorrent {

namespace {

// A player waits for one piece, and soon for the two or three after it.
constexpr std::size_t most_expected = 4;

bool contains(piece_list const& pieces, lt::piece_index_t piece) {
  return std::find(pieces.begin(), pieces.end(), piece) != pieces.end();
}

// 0 means no cap. A negative cap is treated as 1: too small for any torrent, so it is raised.
std::int64_t least_if_negative(std::int64_t cap_bytes) { return cap_bytes < 0 ? 1 : cap_bytes; }

} // namespace

marked_torrent::marked_torrent(memory_disk disk, torrent_placement const& where)
    : planned_torrent(disk.state()), m_disk(std::move(disk)), m_mark(where), m_cap(least_if_negative(where.cap_bytes)) {
  m_mark.cap_bytes = m_cap;
  m_mark.pieces = this;
}

int marked_torrent::read(lt::piece_index_t piece, int offset, lt::span<char> out) {
  auto const storage = this->storage();
  if (!storage || piece < lt::piece_index_t(0) || offset < 0) return -1;
  auto const& geometry = storage->geometry();
  if (piece >= lt::piece_index_t(geometry.num_pieces())) return -1;
  std::int64_t const wanted = std::min(std::int64_t{out.size()}, std::int64_t{geometry.piece_bytes(piece)} - offset);
  if (wanted <= 0) return 0;
  auto const bytes = storage->read_passed(geometry.offset_of(piece) + offset, wanted);
  std::int64_t copied = 0;
  for (auto const& slice : bytes) {
    std::memcpy(out.data() + copied, slice.data, static_cast<std::size_t>(slice.size_bytes));
    copied += slice.size_bytes;
  }
  if (copied != wanted) return -1;
  if (offset + copied == geometry.piece_bytes(piece)) was_read(piece);
  return static_cast<int>(copied);
}

// Nobody waits for the piece any more, and another one may need its space.
void marked_torrent::was_read(lt::piece_index_t piece) {
  {
    locked const lock(m_mutex);
    auto& expected = m_kept.expected;
    auto const at = std::find(expected.begin(), expected.end(), piece);
    if (at == expected.end()) return;
    expected.erase(at);
  }
  kept_changed();
}

std::int64_t marked_torrent::cap_bytes() const {
  std::int64_t const cap = m_cap;
  auto const storage = this->storage();
  return cap > 0 && storage ? std::max(cap, storage->geometry().least_budget_bytes()) : cap;
}

void marked_torrent::set_cap(std::int64_t bytes) {
  bytes = least_if_negative(bytes);
  m_cap = bytes;
  m_disk.state()->network()->post([weak = weak_from_this(), bytes] {
    auto const self = std::static_pointer_cast<marked_torrent>(weak.lock());
    if (!self) return;
    self->m_mark.cap_bytes = bytes;
    auto const storage = self->storage();
    if (!storage) return;
    boost::system::error_code gone; // the torrent has left: no error, there is nothing to limit
    self->m_disk.set_cap(self->torrent(), bytes > 0 ? std::max(bytes, storage->geometry().least_budget_bytes()) : 0,
                         gone);
  });
}

// A piece is expected no longer when readers name it, or when it has passed. Until then it stays expected: just after a
// seek, readers may name their old place once more.
void marked_torrent::set_reader_pieces(piece_list pieces) {
  auto const storage = this->storage();
  {
    locked const lock(m_mutex);
    auto& expected = m_kept.expected;
    expected.erase(
        std::remove_if(expected.begin(), expected.end(),
                       [&](auto piece) { return contains(pieces, piece) || !storage || storage->has_passed(piece); }),
        expected.end());
    if (m_kept.at_readers != pieces) m_seek_number = m_disk.state()->shares().next_seek_number();
    m_last_read = std::chrono::steady_clock::now();
    m_kept.at_readers = std::move(pieces);
  }
  kept_changed();
}

void marked_torrent::set_reserved_pieces(piece_list pieces) {
  {
    locked const lock(m_mutex);
    m_kept.reserved = std::move(pieces);
  }
  kept_changed();
}

void marked_torrent::set_look_behind_pieces(piece_list pieces) {
  {
    locked const lock(m_mutex);
    m_kept.behind = std::move(pieces);
  }
  kept_changed();
}

void marked_torrent::expect(lt::piece_index_t piece) {
  auto const storage = this->storage();
  if (!storage || piece < lt::piece_index_t(0) || piece >= lt::piece_index_t(storage->geometry().num_pieces())) return;
  {
    locked const lock(m_mutex);
    auto& expected = m_kept.expected;
    if (contains(expected, piece)) return;
    expected.push_back(piece);
    m_seek_number = m_disk.state()->shares().next_seek_number();
    m_last_read = std::chrono::steady_clock::now();
    if (expected.size() > most_expected) expected.erase(expected.begin());
  }
  kept_changed();
}

// Listens even before the embedder has named a piece: the torrent may be a seed by then, which must be told to recheck
// when its space is needed.
void marked_torrent::begin_to_listen() {
  auto const storage = this->storage();
  if (!storage) return;
  if (auto* const space = m_disk.state()->space()) space->set_stand_in(*storage, weak_from_this());
  if (has_named_pieces()) plan_soon();
}

void marked_torrent::kept_changed() {
  {
    locked const lock(m_mutex);
    m_has_named_pieces = true;
  }
  plan_soon();
}

void marked_torrent::plan(reader_space& space) {
  kept_pieces kept;
  readers_need need;
  {
    locked const lock(m_mutex);
    kept = m_kept;
    need.heads.assign(1, m_seek_number);
    need.last_read = m_last_read;
  }
  auto const storage = this->storage();
  if (!storage) return;
  // While a stream plays the torrent, the windows are the stream's.
  auto const listener = space.listener_of(*storage);
  if (listener && listener.get() != this) return;
  auto const num_pieces = storage->geometry().num_pieces();
  auto const readers =
      std::max<std::size_t>(runs_of(kept.at_readers, num_pieces).size(), kept.expected.empty() ? 0 : 1);
  need.weight = static_cast<int>(readers) * weight_while_unknown;
  need.heads.resize(readers, need.heads.front());
  space.set_need(*storage, std::move(need));
  space.set_pinned(*storage, runs_of(kept.reserved, num_pieces));
  space.set_windows(*storage, windows(kept, *storage));
  ask_again(kept, *storage);
}

// Heads that are held = (share - pinned) / piece, at least the heads that fit (`fitting_heads`). None if no head fits,
// because readers of other torrents came later and leave no space.
std::vector<play_window> marked_torrent::windows(kept_pieces const& kept, memory_storage& storage) const {
  auto const& geometry = storage.geometry();
  auto const share = m_disk.state()->shares().share_of(storage);
  auto const pieces = (share.bytes - resident_bytes(geometry, storage.order().pinned())) /
                      whole_block_bytes(geometry.piece_length_bytes());
  auto const most_held = std::clamp<std::int64_t>(pieces, share.fitting.heads, geometry.num_pieces());
  return windows_of(kept, geometry.num_pieces(), share.fitting.heads > 0 ? static_cast<int>(most_held) : 0);
}

bool marked_torrent::is_look_behind_available(lt::piece_index_t piece) const {
  auto const storage = this->storage();
  auto const runs = storage ? runs_of(kept().behind, storage->geometry().num_pieces()) : std::vector<piece_range>();
  return std::any_of(runs.begin(), runs.end(),
                     [&](auto const& run) { return piece >= run.begin && piece < run.end; }) &&
         storage->has_passed(piece);
}

look_behind_stats marked_torrent::look_behind() const {
  look_behind_stats stats;
  auto const behind = kept().behind;
  auto const storage = this->storage();
  if (!storage) return stats;
  auto const& geometry = storage->geometry();
  for (auto const& run : runs_in_any_order(behind, geometry.num_pieces())) {
    for (auto piece = run.begin; piece < run.end; ++piece) {
      ++stats.protected_pieces;
      if (!storage->has_passed(piece)) continue;
      ++stats.available_pieces;
      stats.available_bytes += geometry.piece_bytes(piece);
    }
  }
  return stats;
}

bool marked_torrent::is_held(lt::piece_index_t piece, memory_storage& storage) const {
  auto const windows = this->windows(kept(), storage);
  return std::any_of(windows.begin(), windows.end(), [piece](auto const& window) {
    return window.head == piece && window.head_reason == keep_reason::pinned;
  });
}

// While the embedder has named no piece, he sets no priorities either: then libtorrent may request any piece again.
bool marked_torrent::is_waited_for(lt::piece_index_t piece) const {
  auto const storage = this->storage();
  return !storage || !has_named_pieces() || is_held(piece, *storage);
}

// The embedder sets the priority again when readers have moved.
void marked_torrent::give_up_for_now(lt::piece_index_t piece) {
  {
    locked const lock(m_mutex);
    bool const has_reader = contains(m_kept.expected, piece) || contains(m_kept.at_readers, piece);
    if (has_reader && !contains(m_put_off, piece)) m_put_off.push_back(piece);
  }
  auto const torrent = this->torrent();
  torrent.reset_piece_deadline(piece);
  torrent.piece_priority(piece, lt::dont_download);
}

// A piece that was put off gets a deadline again as soon as there is space for it, if a reader still needs it.
void marked_torrent::ask_again(kept_pieces const& kept, memory_storage& storage) {
  piece_list put_off;
  {
    locked const lock(m_mutex);
    put_off = std::exchange(m_put_off, {});
  }
  piece_list still;
  for (auto const piece : put_off) {
    if (!contains(kept.expected, piece) && !contains(kept.at_readers, piece)) continue;
    if (is_held(piece, storage))
      torrent().set_piece_deadline(piece, 0);
    else
      still.push_back(piece);
  }
  locked const lock(m_mutex);
  m_put_off.insert(m_put_off.end(), still.begin(), still.end());
}

// Pieces in no window may go in that check, and are not to be downloaded again by themselves.
std::vector<lt::download_priority_t> marked_torrent::wanted_after_recheck() const {
  auto const storage = this->storage();
  if (!storage) return {};
  std::vector<lt::download_priority_t> wanted(static_cast<std::size_t>(storage->geometry().num_pieces()),
                                              lt::dont_download);
  for (auto const& window : windows(kept(), *storage))
    for (auto piece = window.begin; piece < window.end; ++piece)
      wanted[static_cast<std::size_t>(static_cast<int>(piece))] = lt::default_priority;
  return wanted;
}

} // namespace memtorrent
