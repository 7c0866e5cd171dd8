// What implements the public torrent_stream: play heads, their windows, and the reads that wait.
//
//   reader (any thread) --move head, read--> torrent_player --plan, once a turn--> network thread: priorities
//   network thread: a piece passed --> torrent_player --> the reads that waited for it
//
// A read that finds its bytes is answered inside the call. Else it waits in its head, without polling, until
//   - the piece passes,
//   - the reader is cancelled or closed, or
//   - the torrent leaves.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/memory_storage.hpp"
#include "disk/memory_disk_state.hpp"
#include "memtorrent/torrent_stream.hpp"
#include "stream/libtorrent_swarm.hpp"
#include "stream/planned_torrent.hpp"
#include "stream/play_head.hpp"
#include "stream/scheduler.hpp"
#include "stream/watchdog.hpp"
#include "stream/window_plan.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace memtorrent {

class torrent_player final : public torrent_stream, public planned_torrent {
 public:
  using clock = std::chrono::steady_clock;

  torrent_player(lt::torrent_handle torrent, std::shared_ptr<lt::torrent_info const> info,
                 std::shared_ptr<memory_disk_state> disk, std::shared_ptr<memory_storage> storage,
                 streaming_options const& options);

  std::unique_ptr<byte_source> open(lt::file_index_t file, boost::system::error_code& ec) override;
  std::unique_ptr<memtorrent::preload> preload(lt::file_index_t file, std::int64_t bytes,
                                               boost::system::error_code& ec) override;
  void set_duration(lt::file_index_t file, std::chrono::milliseconds duration, boost::system::error_code& ec) override;
  std::vector<reader_status> status() const override;
  std::int64_t buffered_bytes() const override;

  // for its readers and preloads
  void read(std::shared_ptr<play_head> const& head, std::int64_t position, std::int64_t max_bytes,
            byte_source::read_handler handler);
  void cancel(play_head& head);
  void close(std::shared_ptr<play_head> const& head);
  preload_progress progress_of(play_head const& head) const;
  void begin_preload(play_head& head, std::int64_t bytes);
  void await_preload(play_head& head, memtorrent::preload::done_handler handler);

  // piece_listener
  void on_piece_passed(lt::piece_index_t piece) override;
  void on_piece_evicted(lt::piece_index_t piece) override;
  void on_piece_failed(lt::piece_index_t piece) override;
  void on_block_dropped(lt::piece_index_t piece) override;
  void on_share_changed() override;
  void on_closed(boost::system::error_code reason) override;

  /// Sets the priority of every piece to 0. Any thread. Throws `boost::system::system_error` when the torrent is gone;
  /// never on the network thread.
  void want_nothing();

 private:
  // planned_torrent
  void plan(reader_space& space) override;
  [[nodiscard]] bool is_waited_for(lt::piece_index_t piece) const override;
  void give_up_for_now(lt::piece_index_t piece) override { m_scheduler.drop(piece); }
  [[nodiscard]] lt::torrent_handle torrent() const override { return m_torrent; }
  [[nodiscard]] std::vector<lt::download_priority_t> wanted_after_recheck() const override;
  void recheck_began() override;

  std::shared_ptr<torrent_player> shared() { return std::static_pointer_cast<torrent_player>(shared_from_this()); }
  bool has_file(lt::file_index_t file) const;
  std::shared_ptr<play_head> add_head(lt::file_index_t file, boost::system::error_code& ec);
  file_bytes take(play_head& head, std::int64_t max_bytes, clock::time_point now) REQUIRES_LOCK(m_mutex);
  bool is_idle(play_head const& head, clock::time_point now) const REQUIRES_LOCK(m_mutex);
  lt::piece_index_t piece_under(play_head const& head) const;
  std::vector<std::shared_ptr<play_head>> played_heads() const REQUIRES_LOCK(m_mutex);
  std::vector<std::pair<std::uint64_t, lt::piece_index_t>> places(clock::time_point now) const REQUIRES_LOCK(m_mutex);
  readers_need need(clock::time_point now) const REQUIRES_LOCK(m_mutex);
  void give_space(int places_with_space, clock::time_point now) REQUIRES_LOCK(m_mutex);
  torrent_snapshot snapshot(clock::time_point now) const REQUIRES_LOCK(m_mutex);
  torrent_snapshot take_snapshot(clock::time_point now) const;
  std::vector<piece_range> file_ends(clock::time_point now) const REQUIRES_LOCK(m_mutex);
  std::int64_t buffered_bytes(play_head const& head) const REQUIRES_LOCK(m_mutex);
  std::int64_t film_bytes_per_second(play_head const& head) const REQUIRES_LOCK(m_mutex);
  reader_status status_of(play_head const& head, int weights, clock::time_point now) const REQUIRES_LOCK(m_mutex);
  head_snapshot snapshot_of(play_head const& head, clock::time_point now) const REQUIRES_LOCK(m_mutex);
  void look_at_waits(clock::time_point now);
  wait_status wait_of(play_head& head, lt::torrent& torrent, clock::time_point now) REQUIRES_LOCK(m_mutex);
  static memtorrent::preload::done_handler end_preload(play_head& head, boost::system::error_code reason);
  std::vector<memtorrent::preload::done_handler> end_preloads(lt::file_index_t file) REQUIRES_LOCK(m_mutex);
  std::vector<piece_range> preloaded_pieces(play_head const& head) const REQUIRES_LOCK(m_mutex);
  void finish_preloads();
  bool is_played() const;
  void leave_windows(reader_space& space);
  bool tick();

  lt::torrent_handle const m_torrent;
  std::shared_ptr<lt::torrent_info const> const m_info;
  std::shared_ptr<memory_storage> const m_storage;
  streaming_options const m_options;

  mutable annotated_mutex m_mutex;
  std::vector<std::shared_ptr<play_head>> m_heads GUARDED_BY(m_mutex);
  bool m_is_another_read GUARDED_BY(m_mutex) = false; // readers of another torrent read now
  boost::system::error_code m_closed GUARDED_BY(m_mutex);
  std::map<lt::file_index_t, std::chrono::milliseconds> m_durations GUARDED_BY(m_mutex);
  // The pinned ends of files.
  std::vector<piece_range> m_file_ends GUARDED_BY(m_mutex);
  bool m_has_passed_piece GUARDED_BY(m_mutex) = false;
  std::int64_t m_fill_bytes_per_s GUARDED_BY(m_mutex) = 0;
  // How often a piece failed its hash, and when a block of it was dropped last; until it passes.
  std::map<lt::piece_index_t, int> m_failures GUARDED_BY(m_mutex);
  std::map<lt::piece_index_t, clock::time_point> m_dropped GUARDED_BY(m_mutex);

  // Network thread only.
  libtorrent_swarm m_swarm;
  scheduler m_scheduler;
  std::vector<play_window> m_windows;
  clock::time_point m_planned;
  watchdog m_watchdog;
};

} // namespace memtorrent
