// Which torrents a session keeps in RAM: finds a torrent's storage by its torrent_handle.
//
// Thread safety: all members may be called from any thread.

#pragma once

#include "annotated_mutex.hpp"
#include "cache/memory_storage.hpp"

#include <libtorrent/torrent_handle.hpp>

#include <memory>
#include <vector>

namespace memtorrent {

class torrent_registry {
 public:
  /// `torrent`: what `disk_interface::new_torrent` received.
  void add(void const* torrent, std::shared_ptr<memory_storage> storage);
  void remove(memory_storage const& storage);

  /// The storage of a torrent, or null when the session does not keep it in RAM.
  [[nodiscard]] std::shared_ptr<memory_storage> find(lt::torrent_handle const& torrent) const;

  [[nodiscard]] bool empty() const;
  /// The sum of all caps, over the torrents that have one.
  [[nodiscard]] std::int64_t sum_of_caps() const;

 private:
  struct entry {
    void const* torrent;
    std::shared_ptr<memory_storage> storage;
  };
  mutable annotated_mutex m_mutex;
  std::vector<entry> m_torrents GUARDED_BY(m_mutex);
};

} // namespace memtorrent
