// A torrent's RAM as Go holds it: it keeps nothing alive, and finds the torrent anew at each call. Any thread.

#pragma once

#include "memtorrent/torrent_pieces.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace memtorrent::go {

class memory_storage {
 public:
  explicit memory_storage(lt::torrent_handle const& torrent) : m_pieces(torrent_pieces::of(torrent)) {}

  /// Speaks of this torrent from now on.
  void set_torrent_handle(lt::torrent_handle const& torrent);

  [[nodiscard]] bool is_in_memory() const;
  int read(char* out, int size_bytes, int piece, int offset) const;
  void set_memory_size(std::int64_t bytes) const;
  [[nodiscard]] std::int64_t get_memory_size() const;
  void update_reader_pieces(std::vector<int> const& pieces) const;
  void update_reserved_pieces(std::vector<int> const& pieces) const;
  void set_lookbehind_pieces(std::vector<int> const& pieces) const;
  void clear_lookbehind() const { set_lookbehind_pieces({}); }
  [[nodiscard]] bool is_lookbehind_available(int piece) const;
  [[nodiscard]] look_behind_stats get_lookbehind_stats() const;

 private:
  [[nodiscard]] std::shared_ptr<torrent_pieces> pieces() const;

  mutable std::mutex m_mutex;
  std::weak_ptr<torrent_pieces> m_pieces; // guarded by m_mutex
};

/// What a session gives to torrents in RAM when it is told nothing.
std::int64_t get_memory_size();

} // namespace memtorrent::go
