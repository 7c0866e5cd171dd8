// For package memtorrent, which is what a Go program uses.

%{
#include "torrent_stream.hpp"
%}

namespace memtorrent {

%nodefaultctor preload_progress;
struct preload_progress {
  %immutable;
  long long bytes_there;
  long long bytes_wanted;
  %mutable;
};
%extend preload_progress {
  // 0 while nothing comes.
  long long left_milliseconds() const { return $self->left ? $self->left->count() : 0; }
}

%nodefaultctor reader_status;
struct reader_status {
  %immutable;
  long long offset;
  bool idle;
  long long buffered_bytes;
  long long drain_bytes_per_s;
  long long fill_bytes_per_s;
  %mutable;
};
%extend reader_status {
  int file() const { return static_cast<int>($self->file); }
  // -1: unknown.
  long long buffered_milliseconds() const { return $self->buffered_time ? $self->buffered_time->count() : -1; }
  // -1: it will not.
  long long stalls_in_milliseconds() const { return $self->stalls_in ? $self->stalls_in->count() : -1; }
  // What it waits for, as a sentence; empty if it does not wait.
  std::string waits_for() const { return memtorrent::to_sentence($self->wait); }
}

namespace go {

%rename(WrappedPreload) preload;
%nodefaultctor preload;
class preload {
 public:
  bool wait(int milliseconds, libtorrent::error_code& ec);
  memtorrent::preload_progress progress() const;
};

%nodefaultctor reader_statuses;
class reader_statuses {
 public:
  int size() const;
  memtorrent::reader_status const& at(int i) const;
};

%rename(WrappedStreamReader) stream_reader;
%nodefaultctor stream_reader;
class stream_reader {
 public:
  long long size_bytes() const;
  void cancel();
};

%nodefaultctor torrent_stream;
class torrent_stream {
 public:
  static torrent_stream* create(libtorrent::torrent_handle const& torrent, libtorrent::error_code& ec);
  stream_reader* open(int file, libtorrent::error_code& ec) const;
  long long buffered_bytes() const;
  preload* begin_preload(int file, long long bytes, libtorrent::error_code& ec) const;
  void set_duration(int file, long long milliseconds, libtorrent::error_code& ec) const;
  reader_statuses readers() const;
  memtorrent::memory_stats session_memory() const;
  memtorrent::torrent_memory_stats torrent_memory() const;
};

} // namespace go
} // namespace memtorrent
