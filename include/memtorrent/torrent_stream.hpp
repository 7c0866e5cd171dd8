// A torrent that is watched while it downloads: opens readers on its files, and downloads the windows that they need.
//
//   auto stream = memtorrent::torrent_stream::create(handle, disk, ec);
//   auto reader = stream->open(file, ec);
//   reader->async_read(0, 1 << 20, [](auto ec, memtorrent::file_bytes bytes) { ... });

#pragma once

#include "memtorrent/byte_source.hpp"
#include "memtorrent/memory_disk.hpp"
#include "memtorrent/preload.hpp"
#include "memtorrent/stream_status.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/settings_pack.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent {

/// Sets what a session needs for streaming from a window; docs/tuning.md says why for each.
void apply_streaming_settings(lt::settings_pack& pack);

/// Sets what a torrent needs that is added to be streamed. Any thread.
///   - It starts at once, and downloads nothing by itself.
///   - Its peers stay while it waits for a player (src/bridge/streaming_peer.hpp).
///   - File priorities are removed: players decide what is downloaded.
void prepare_for_streaming(lt::add_torrent_params& params);

/// How a torrent's windows are shaped. The defaults suit players of films.
struct streaming_options {
  /// The first and the last bytes of a file that is read. Their pieces are fetched as soon as the pieces that are
  /// played next are there, and kept while the file is read. Players read an index there (MP4, MKV), and again with
  /// every seek. They take at most half of the torrent's share of the budget; what does not fit is left out from the
  /// end.
  std::int64_t file_head_bytes = std::int64_t{1} * 1024 * 1024;
  std::int64_t file_tail_bytes = std::int64_t{1} * 1024 * 1024;
  /// What a window keeps behind the reader, to rewind into: at most `look_behind_percent` of the window. Where the
  /// bitrate is known (`set_duration`): also at most what plays in `look_behind`.
  int look_behind_percent = 25;
  std::chrono::seconds look_behind{30};
};

class torrent_stream {
 public:
  /// From here on only pieces in a reader's window are downloaded. Call `prepare_for_streaming` before you add the
  /// torrent.
  ///
  /// Errors: `no_metadata`, `not_in_memory`, `budget_too_small`, `picker_mismatch`, `torrent_removed`,
  /// `session_closed`; `already_streamed`, until the other stream, its readers and its preloads are destroyed. Any
  /// thread but the network thread.
  static std::shared_ptr<torrent_stream> create(lt::torrent_handle const& torrent, memory_disk const& disk,
                                                boost::system::error_code& ec, streaming_options const& options = {});

  torrent_stream() = default;
  torrent_stream(torrent_stream const&) = delete;
  torrent_stream& operator=(torrent_stream const&) = delete;
  virtual ~torrent_stream() = default;

  /// Opens a reader at the start of a file. Its window exists from the first read on, until it is destroyed.
  /// Errors: `no_such_file` (also for pad files), `torrent_removed`. Any thread.
  virtual std::unique_ptr<byte_source> open(lt::file_index_t file, boost::system::error_code& ec) = 0;

  /// Fetches the first `bytes` of a file and its ends (`streaming_options`), before anybody reads. Errors: as `open`.
  /// Any thread.
  virtual std::unique_ptr<memtorrent::preload> preload(lt::file_index_t file, std::int64_t bytes,
                                                       boost::system::error_code& ec) = 0;

  /// How long the film in a file plays. Windows and forecasts then use the film's bitrate, and not the rate at which
  /// the player reads. 0 takes it back. Errors: `no_such_file`. Any thread.
  virtual void set_duration(lt::file_index_t file, std::chrono::milliseconds duration,
                            boost::system::error_code& ec) = 0;

  /// One for each reader that has read. Waits and fill rates are updated ten times a second. Any thread.
  [[nodiscard]] virtual std::vector<reader_status> status() const = 0;

  /// Bytes that are there from the play head on, without a gap; 0 without a reader. Any thread.
  [[nodiscard]] virtual std::int64_t buffered_bytes() const = 0;
};

} // namespace memtorrent
