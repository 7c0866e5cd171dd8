// Where the data of a session's torrents lives.

%{
#include "session.hpp"
%}

%rename(DiskIOConstructor) memtorrent::go::disk_io_constructor;

namespace memtorrent {

%nodefaultctor memory_stats;
struct memory_stats {
  %immutable;
  long long budget_bytes;
  long long used_bytes;
  long long peak_bytes;
  long long mapped_bytes;
  long long complete_pieces_evicted;
  long long partial_pieces_evicted;
  long long blocks_dropped;
  %mutable;
};

%nodefaultctor torrent_memory_stats;
struct torrent_memory_stats {
  %immutable;
  long long used_bytes;
  long long cap_bytes;
  long long share_bytes;
  %mutable;
};

namespace go {

%nodefaultctor disk_io_constructor;
class disk_io_constructor {};

} // namespace go
} // namespace memtorrent

%inline %{
memtorrent::go::disk_io_constructor memory_disk_constructor(long long bytes) {
  return memtorrent::go::disk_io_constructor::memory(bytes);
}
memtorrent::go::disk_io_constructor hybrid_disk_constructor(long long bytes) {
  return memtorrent::go::disk_io_constructor::hybrid(bytes);
}
memtorrent::go::disk_io_constructor file_disk_constructor() { return memtorrent::go::disk_io_constructor::files(); }
%}
