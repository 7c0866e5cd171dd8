#include "disk/torrent_registry.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

void torrent_registry::add(void const* torrent, std::shared_ptr<memory_storage> storage) {
  locked const lock(m_mutex);
  m_torrents.push_back({torrent, std::move(storage)});
}

void torrent_registry::remove(memory_storage const& storage) {
  locked const lock(m_mutex);
  m_torrents.erase(
      std::remove_if(m_torrents.begin(), m_torrents.end(), [&](entry const& e) { return e.storage.get() == &storage; }),
      m_torrents.end());
}

std::shared_ptr<memory_storage> torrent_registry::find(lt::torrent_handle const& torrent) const {
  auto const native = torrent.native_handle();
  locked const lock(m_mutex);
  auto const found = std::find_if(m_torrents.begin(), m_torrents.end(),
                                  [&](entry const& e) { return e.torrent == static_cast<void const*>(native.get()); });
  return native && found != m_torrents.end() ? found->storage : nullptr;
}

bool torrent_registry::empty() const {
  locked const lock(m_mutex);
  return m_torrents.empty();
}

std::int64_t torrent_registry::sum_of_caps() const {
  locked const lock(m_mutex);
  std::int64_t sum = 0;
  for (auto const& e : m_torrents)
    if (e.storage->account()->cap() != memory_account::no_cap) sum += e.storage->account()->cap();
  return sum;
}

} // namespace memtorrent
