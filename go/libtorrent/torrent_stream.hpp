// Torrents that are opened and read like files, as Go holds them.

#pragma once

#include "memtorrent/torrent_stream.hpp"

#include <libtorrent/error_code.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace memtorrent::go {

/// One file of a torrent, with a place in it. Reads may wait, and be cancelled meanwhile on any thread.
class stream_reader {
 public:
  explicit stream_reader(std::unique_ptr<byte_source> source) : m_source(std::move(source)) {}

  [[nodiscard]] std::int64_t size_bytes() const { return m_source->size_bytes(); }
  /// Copies what is there from `offset` on, at least one byte, and waits for that. 0: the end of the file.
  std::int64_t read(char* out, std::int64_t size_bytes, std::int64_t offset, lt::error_code& ec);
  void cancel() { m_source->cancel(); }

 private:
  std::unique_ptr<byte_source> m_source;
};

class torrent_stream {
 public:
  /// Null with an error, as `memtorrent::torrent_stream::create`.
  static torrent_stream* create(lt::torrent_handle const& torrent, lt::error_code& ec);

  /// Null with an error.
  stream_reader* open(int file, lt::error_code& ec) const;
  [[nodiscard]] std::int64_t buffered_bytes() const { return m_stream->buffered_bytes(); }
  /// Keeps these bytes of the torrent, once they are there: [begin, end) and [begin2, end2). Nothing if it is too much.
  void pin(std::int64_t begin, std::int64_t end, std::int64_t begin2, std::int64_t end2, lt::error_code& ec) const;
  [[nodiscard]] memory_stats session_memory() const { return m_disk.stats(); }
  [[nodiscard]] torrent_memory_stats torrent_memory() const;

 private:
  torrent_stream(lt::torrent_handle torrent, memory_disk disk, std::shared_ptr<memtorrent::torrent_stream> stream)
      : m_torrent(std::move(torrent)), m_disk(std::move(disk)), m_stream(std::move(stream)) {}

  lt::torrent_handle m_torrent;
  memory_disk m_disk;
  std::shared_ptr<memtorrent::torrent_stream> m_stream;
};

} // namespace memtorrent::go
