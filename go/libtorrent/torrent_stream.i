// For package memtorrent, which is what a Go program uses.

%{
#include "torrent_stream.hpp"
%}

namespace memtorrent {
namespace go {

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
  void pin(long long begin, long long end, long long begin2, long long end2, libtorrent::error_code& ec) const;
  memtorrent::memory_stats session_memory() const;
  memtorrent::torrent_memory_stats torrent_memory() const;
};

} // namespace go
} // namespace memtorrent
