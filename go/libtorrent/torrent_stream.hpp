// Torrents that are opened and read like files, as Go holds them.

#pragma once

#include "memtorrent/torrent_stream.hpp"

#include <libtorrent/error_code.hpp>

#include <cstdint>
#include <future>
#include <memory>
#include <utility>
#include <vector>

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

/// What is fetched before it is played.
class preload {
 public:
  explicit preload(std::unique_ptr<memtorrent::preload> wrapped)
      : m_wrapped(std::move(wrapped)), m_done(m_wrapped->done()) {}

  /// Waits for at most so long. False if it is not done yet; else `ec` says how it ended.
  bool wait(int milliseconds, lt::error_code& ec);
  [[nodiscard]] preload_progress progress() const { return m_wrapped->progress(); }

 private:
  std::unique_ptr<memtorrent::preload> m_wrapped;
  std::future<lt::error_code> m_done;
  lt::error_code m_ended;
};

/// One reading of all readers.
class reader_statuses {
 public:
  reader_statuses() = default; // the wrapper makes space for one first
  explicit reader_statuses(std::vector<reader_status> readers) : m_readers(std::move(readers)) {}

  [[nodiscard]] int size() const { return static_cast<int>(m_readers.size()); }
  /// A reader that has read nothing if there is none of that index.
  [[nodiscard]] reader_status const& at(int i) const {
    return i >= 0 && i < size() ? m_readers[static_cast<std::size_t>(i)] : m_none;
  }

 private:
  std::vector<reader_status> m_readers;
  reader_status m_none{};
};

class torrent_stream {
 public:
  /// Null with an error, as `memtorrent::torrent_stream::create`.
  static torrent_stream* create(lt::torrent_handle const& torrent, lt::error_code& ec);

  /// Null with an error.
  stream_reader* open(int file, lt::error_code& ec) const;
  [[nodiscard]] std::int64_t buffered_bytes() const { return m_stream->buffered_bytes(); }
  /// Null with an error.
  preload* begin_preload(int file, std::int64_t bytes, lt::error_code& ec) const;
  void set_duration(int file, std::int64_t milliseconds, lt::error_code& ec) const;
  [[nodiscard]] reader_statuses readers() const { return reader_statuses(m_stream->status()); }
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
