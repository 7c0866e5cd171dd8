#include "memtorrent/torrent_pieces.hpp"

#include "annotated_mutex.hpp"
#include "bridge/peer_bridge.hpp"
#include "bridge/recheck.hpp"
#include "bridge/streaming_peer.hpp"
#include "cache/budget_shares.hpp"
#include "disk/memory_disk_io.hpp"
#include "disk/memory_disk_state.hpp"
#include "stream/kept_pieces.hpp"
#include "stream/window_plan.hpp"

#include <libtorrent/extensions.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace memtorrent {

namespace {

// A player waits for one piece and soon for the two or three after it.
constexpr std::size_t most_expected = 4;

bool contains(piece_list const& pieces, lt::piece_index_t piece) {
  return std::find(pieces.begin(), pieces.end(), piece) != pieces.end();
}

// 0 is no cap; a negative one is too small.
std::int64_t without_sign(std::int64_t cap_bytes) { return cap_bytes < 0 ? 1 : cap_bytes; }

class marked_torrent final : public torrent_pieces,
                             public piece_listener,
                             public std::enable_shared_from_this<marked_torrent> {
 public:
  marked_torrent(memory_disk disk, torrent_placement const& where)
      : m_disk(std::move(disk)), m_mark(where), m_cap(without_sign(where.cap_bytes)) {
    m_mark.cap_bytes = m_cap;
    m_mark.pieces = this;
  }

  torrent_placement& placement() { return m_mark; }
  void set_torrent(lt::torrent_handle const& torrent) {
    locked const lock(m_mutex);
    m_torrent = torrent;
  }
  /// The torrent is there, and can take blocks from now on. Network thread.
  void begin_to_listen();

  [[nodiscard]] memory_disk const& disk() const noexcept override { return m_disk; }
  [[nodiscard]] bool is_in_memory() const override { return storage() != nullptr; }
  int read(lt::piece_index_t piece, int offset, lt::span<char> out) override;
  void set_cap(std::int64_t bytes) override;
  [[nodiscard]] std::int64_t cap_bytes() const override;
  void set_reader_pieces(piece_list pieces) override;
  void set_reserved_pieces(piece_list pieces) override;
  void set_look_behind_pieces(piece_list pieces) override;
  void expect(lt::piece_index_t piece) override;
  [[nodiscard]] bool is_look_behind_available(lt::piece_index_t piece) const override;
  [[nodiscard]] look_behind_stats look_behind() const override;

  void on_piece_passed(lt::piece_index_t /*piece*/) override {}
  void on_piece_evicted(lt::piece_index_t /*piece*/) override {}
  void on_piece_failed(lt::piece_index_t /*piece*/) override {}
  void on_block_dropped(lt::piece_index_t piece) override;
  void on_recheck_needed() override;
  void on_share_changed() override {
    if (is_told()) keep_soon();
  }
  void on_closed(boost::system::error_code /*reason*/) override {}

 private:
  [[nodiscard]] lt::torrent_handle torrent() const {
    locked const lock(m_mutex);
    return m_torrent;
  }
  [[nodiscard]] kept_pieces kept() const {
    locked const lock(m_mutex);
    return m_kept;
  }
  [[nodiscard]] std::shared_ptr<memory_storage> storage() const { return m_disk.state()->find(torrent()); }
  [[nodiscard]] bool is_told() const {
    locked const lock(m_mutex);
    return m_is_told;
  }
  void keep_soon();
  void keep(memory_disk_io& disk);
  [[nodiscard]] std::vector<play_window> windows(kept_pieces const& kept, memory_storage& storage) const;
  bool is_waited_for(lt::piece_index_t piece, memory_storage& storage) const;
  void was_read(lt::piece_index_t piece);
  void put_off(lt::piece_index_t piece);
  void ask_again(kept_pieces const& kept, memory_storage& storage);

  memory_disk m_disk;
  torrent_placement m_mark; // changed on the network thread only, where it is read
  std::atomic<std::int64_t> m_cap;

  mutable annotated_mutex m_mutex;
  lt::torrent_handle m_torrent GUARDED_BY(m_mutex);
  kept_pieces m_kept GUARDED_BY(m_mutex);
  std::uint64_t m_moved GUARDED_BY(m_mutex) = 0; // the readers, for the last time
  std::chrono::steady_clock::time_point m_last_read GUARDED_BY(m_mutex);
  piece_list m_put_off GUARDED_BY(m_mutex);   // what is expected and not asked for, because there was no space
  bool m_is_told GUARDED_BY(m_mutex) = false; // what is to be kept, by somebody who sets priorities then
  bool m_is_keeping GUARDED_BY(m_mutex) = false;
};

// Has the torrent own its mark, and the mark hear of its torrent.
class mark_owner final : public lt::torrent_plugin {
 public:
  mark_owner(std::shared_ptr<marked_torrent> mark, lt::torrent& torrent)
      : m_mark(std::move(mark)), m_torrent(torrent) {}
  mark_owner(mark_owner const&) = delete;
  mark_owner& operator=(mark_owner const&) = delete;
  // With the torrent, which may be the last of its session (and then whoever waits for that hears of it by another
  // plugin of the torrent's: go/libtorrent).
  ~mark_owner() override { peer_bridge::forget_peers(m_torrent); }

  void on_files_checked() override { m_mark->begin_to_listen(); }

 private:
  std::shared_ptr<marked_torrent> const m_mark;
  lt::torrent& m_torrent;
};

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

// Nobody waits for it any more, and another may need its space.
void marked_torrent::was_read(lt::piece_index_t piece) {
  {
    locked const lock(m_mutex);
    auto& expected = m_kept.expected;
    auto const at = std::find(expected.begin(), expected.end(), piece);
    if (at == expected.end()) return;
    expected.erase(at);
  }
  keep_soon();
}

std::int64_t marked_torrent::cap_bytes() const {
  std::int64_t const cap = m_cap;
  auto const storage = this->storage();
  return cap > 0 && storage ? std::max(cap, storage->geometry().least_budget_bytes()) : cap;
}

void marked_torrent::set_cap(std::int64_t bytes) {
  bytes = without_sign(bytes);
  m_cap = bytes;
  m_disk.state()->post([weak = weak_from_this(), bytes](memory_disk_io&) {
    auto const self = weak.lock();
    if (!self) return;
    self->m_mark.cap_bytes = bytes;
    auto const storage = self->storage();
    if (!storage) return;
    boost::system::error_code gone; // is not an error: there is nothing to limit any more
    self->m_disk.set_cap(self->torrent(), bytes > 0 ? std::max(bytes, storage->geometry().least_budget_bytes()) : 0,
                         gone);
  });
}

// Readers that have just sought may name the old place once more, before the piece has come that they wait for. So that
// one stays expected; once it is there, it is up to those who read.
void marked_torrent::set_reader_pieces(piece_list pieces) {
  auto const storage = this->storage();
  {
    locked const lock(m_mutex);
    auto& expected = m_kept.expected;
    expected.erase(
        std::remove_if(expected.begin(), expected.end(),
                       [&](auto piece) { return contains(pieces, piece) || !storage || storage->has_passed(piece); }),
        expected.end());
    if (m_kept.at_readers != pieces) m_moved = m_disk.state()->next_seek_number();
    m_last_read = std::chrono::steady_clock::now();
    m_kept.at_readers = std::move(pieces);
  }
  keep_soon();
}

void marked_torrent::set_reserved_pieces(piece_list pieces) {
  {
    locked const lock(m_mutex);
    m_kept.reserved = std::move(pieces);
  }
  keep_soon();
}

void marked_torrent::set_look_behind_pieces(piece_list pieces) {
  {
    locked const lock(m_mutex);
    m_kept.behind = std::move(pieces);
  }
  keep_soon();
}

void marked_torrent::expect(lt::piece_index_t piece) {
  auto const storage = this->storage();
  if (!storage || piece < lt::piece_index_t(0) || piece >= lt::piece_index_t(storage->geometry().num_pieces())) return;
  {
    locked const lock(m_mutex);
    auto& expected = m_kept.expected;
    if (contains(expected, piece)) return;
    expected.push_back(piece);
    m_moved = m_disk.state()->next_seek_number();
    m_last_read = std::chrono::steady_clock::now();
    if (expected.size() > most_expected) expected.erase(expected.begin());
  }
  keep_soon();
}

// From the beginning, because a torrent that came whole without a word is a seed, and gives space only when it is asked
// to. A torrent_stream that plays it hears of everything instead, for as long as it lives.
void marked_torrent::begin_to_listen() {
  auto const storage = this->storage();
  if (!storage) return;
  storage->set_stand_in(weak_from_this());
  if (is_told()) keep_soon();
}

// Several changes in a row are carried out in one turn.
void marked_torrent::keep_soon() {
  {
    locked const lock(m_mutex);
    m_is_told = true;
    if (std::exchange(m_is_keeping, true)) return;
  }
  bool const posted = m_disk.state()->post([weak = weak_from_this()](memory_disk_io& disk) {
    if (auto const self = weak.lock()) self->keep(disk);
  });
  locked const lock(m_mutex);
  if (!posted) m_is_keeping = false;
}

void marked_torrent::keep(memory_disk_io& disk) {
  kept_pieces kept;
  memory_disk_state::readers_need need;
  {
    locked const lock(m_mutex);
    m_is_keeping = false;
    kept = m_kept;
    need.heads.assign(1, m_moved);
    need.last_read = m_last_read;
  }
  auto const storage = this->storage();
  if (!storage) return;
  // The windows of a stream that plays the torrent are what its reads wait for.
  auto const listener = storage->listener();
  if (listener && listener.get() != this) return;
  auto const num_pieces = storage->geometry().num_pieces();
  auto const readers =
      std::max<std::size_t>(runs_of(kept.at_readers, num_pieces).size(), kept.expected.empty() ? 0 : 1);
  need.weight = static_cast<int>(readers) * weight_while_unknown;
  need.heads.resize(readers, need.heads.front());
  m_disk.state()->set_need(*storage, need);
  disk.set_pinned(*storage, runs_of(kept.reserved, num_pieces));
  disk.set_windows(*storage, windows(kept, *storage));
  ask_again(kept, *storage);
}

// As many pieces are held as the torrent's share has space for beside what is pinned; none where other torrents'
// readers came later and leave no space.
std::vector<play_window> marked_torrent::windows(kept_pieces const& kept, memory_storage& storage) const {
  auto const& geometry = storage.geometry();
  auto const share = m_disk.state()->share_of(storage);
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

bool marked_torrent::is_waited_for(lt::piece_index_t piece, memory_storage& storage) const {
  auto const windows = this->windows(kept(), storage);
  return std::any_of(windows.begin(), windows.end(), [piece](auto const& window) {
    return window.head == piece && window.head_reason == keep_reason::pinned;
  });
}

void marked_torrent::put_off(lt::piece_index_t piece) {
  {
    locked const lock(m_mutex);
    bool const has_reader = contains(m_kept.expected, piece) || contains(m_kept.at_readers, piece);
    if (has_reader && !contains(m_put_off, piece)) m_put_off.push_back(piece);
  }
  auto const torrent = this->torrent();
  torrent.reset_piece_deadline(piece);
  torrent.piece_priority(piece, lt::dont_download);
}

// What somebody waits for has its deadline again as soon as there is space for it.
void marked_torrent::ask_again(kept_pieces const& kept, memory_storage& storage) {
  piece_list put_off;
  {
    locked const lock(m_mutex);
    put_off = std::exchange(m_put_off, {});
  }
  piece_list still;
  for (auto const piece : put_off) {
    if (!contains(kept.expected, piece) && !contains(kept.at_readers, piece)) continue;
    if (is_waited_for(piece, storage))
      torrent().set_piece_deadline(piece, 0);
    else
      still.push_back(piece);
  }
  locked const lock(m_mutex);
  m_put_off.insert(m_put_off.end(), still.begin(), still.end());
}

// Asking for it again at once would fetch and drop it for as long as there is no space. Whoever sets the priorities
// sets them again when readers have moved. What somebody waits for is the exception: for that everything else goes. And
// where nobody has named a piece, nobody sets priorities either: what libtorrent wants there it asks for again.
void marked_torrent::on_block_dropped(lt::piece_index_t piece) {
  // Posted, because libtorrent is in the middle of receiving the block.
  m_disk.state()->post([weak = weak_from_this(), piece](memory_disk_io&) {
    auto const self = weak.lock();
    auto const storage = self ? self->storage() : nullptr;
    if (storage && self->is_told() && !self->is_waited_for(piece, *storage)) self->put_off(piece);
  });
}

// What no window holds goes in that check, and is not to come back by itself.
void marked_torrent::on_recheck_needed() {
  m_disk.state()->post([weak = weak_from_this()](memory_disk_io&) {
    auto const self = weak.lock();
    auto const storage = self ? self->storage() : nullptr;
    if (!storage) return;
    auto const num_pieces = storage->geometry().num_pieces();
    std::vector<lt::download_priority_t> priorities(static_cast<std::size_t>(num_pieces), lt::dont_download);
    for (auto const& window : self->windows(self->kept(), *storage))
      for (auto piece = window.begin; piece < window.end; ++piece)
        priorities[static_cast<std::size_t>(static_cast<int>(piece))] = lt::default_priority;
    recheck_to_make_space(*self->m_disk.state(), self->torrent(), priorities);
  });
}

} // namespace

void torrent_pieces::mark(lt::add_torrent_params& params, memory_disk const& disk, torrent_placement const& where) {
  auto const torrent = std::make_shared<marked_torrent>(disk, where);
  params.userdata = lt::client_data_t(&torrent->placement());
  params.extensions.emplace_back([torrent](lt::torrent_handle const& handle, lt::client_data_t) {
    torrent->set_torrent(handle);
    return std::make_shared<mark_owner>(torrent, *handle.native_handle());
  });
  if (where.where != place::memory) return;
  forget_pieces_in_memory(params);
  params.extensions.emplace_back(&streaming_peers);
  // libtorrent wants one. Nothing is read or written there.
  if (params.save_path.empty()) params.save_path = "/";
}

std::shared_ptr<torrent_pieces> torrent_pieces::of(lt::torrent_handle const& torrent) {
  // The torrent owns its mark: it stays while we look.
  auto const held = torrent.native_handle();
  auto const* const mark = held ? torrent.userdata().get<torrent_placement>() : nullptr;
  auto* const marked = mark ? dynamic_cast<marked_torrent*>(mark->pieces) : nullptr;
  return marked ? marked->shared_from_this() : nullptr;
}

} // namespace memtorrent
