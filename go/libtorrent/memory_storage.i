// The RAM of one torrent. In Go it is the interface MemoryStorage (memory_storage.go), which adds Read: bytes are copied
// into a Go slice there.

%{
#include "memory_storage.hpp"
%}

%typemap(gotype) memtorrent::go::memory_storage* get_memory_storage "MemoryStorage"
%typemap(imtype) memtorrent::go::memory_storage* get_memory_storage "uintptr"
%typemap(out) memtorrent::go::memory_storage* get_memory_storage "$result = $1;"
%typemap(goout) memtorrent::go::memory_storage* get_memory_storage "$result = holdMemoryStorage($1)"

namespace memtorrent {

%nodefaultctor look_behind_stats;
%rename(LookbehindStats) look_behind_stats;
struct look_behind_stats {
  %immutable;
  int protected_pieces;
  int available_pieces;
  long long available_bytes;
  %mutable;
};

namespace go {

%rename(WrappedMemoryStorage) memory_storage;
%nodefaultctor memory_storage;
class memory_storage {
 public:
  bool is_in_memory() const;
  void set_torrent_handle(libtorrent::torrent_handle const& torrent);
  void set_memory_size(long long bytes) const;
  long long get_memory_size() const;
  void update_reader_pieces(std::vector<int> const& pieces) const;
  void update_reserved_pieces(std::vector<int> const& pieces) const;
  void set_lookbehind_pieces(std::vector<int> const& pieces) const;
  void clear_lookbehind() const;
  bool is_lookbehind_available(int piece) const;
  memtorrent::look_behind_stats get_lookbehind_stats() const;
};

long long get_memory_size();

} // namespace go
} // namespace memtorrent
