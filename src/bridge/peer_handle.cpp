#include "bridge/peer_handle.hpp"

#include <libtorrent/peer_connection.hpp>

namespace memtorrent {

// The null pointer shares the count of references of an object that is gone at once: nobody else has that count.
peer_handle peer_handle::without_connection() {
  return peer_handle(std::shared_ptr<lt::peer_connection>(std::make_shared<char>(), nullptr));
}

// One that is being closed has given its requests back: what is asked of it now would never be given back.
std::shared_ptr<lt::peer_connection> peer_handle::connection() const {
  auto connection = m_connection.lock();
  if (connection && connection->is_disconnecting()) return nullptr;
  return connection;
}

} // namespace memtorrent
