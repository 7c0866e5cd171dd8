// A weak reference to one connection of a torrent, which says the same for good: it may be kept when the connection is
// gone, and no later connection is equal to it.
//
// The address of a connection is not enough. Where one was closed, the next one may be allocated, and then what was
// measured of the first counts for the second. The address and the time of connecting are not enough either:
// libtorrent's clock may be the system's, which can be set back. A weak reference is, by the rules of the language: its
// count of references is not freed before the last weak reference goes, so two connections never share one, and
// handles are compared by it (std::weak_ptr::owner_before). libtorrent compares its peer_connection_handle in the same
// way, but that needs the whole header of the connection.
//
// What it costs: the memory of a connection object (not what it owned) stays allocated until its last handle goes. So
// keep no handle of a peer that is no longer named.

#pragma once

#include <libtorrent/fwd.hpp>

#include <memory>
#include <utility>

namespace libtorrent {
struct peer_connection;
} // namespace libtorrent

namespace memtorrent {

/// Handles may be copied, compared and destroyed on any thread.
class peer_handle {
 public:
  /// Nobody.
  peer_handle() = default;
  explicit peer_handle(std::weak_ptr<lt::peer_connection> connection) : m_connection(std::move(connection)) {}
  /// A new peer without a connection, for a swarm that is not libtorrent's.
  static peer_handle without_connection();

  /// Null if there is none, or if it is closed or being closed. Network thread.
  [[nodiscard]] std::shared_ptr<lt::peer_connection> connection() const;

  friend bool operator==(peer_handle const& a, peer_handle const& b) noexcept { return !(a < b) && !(b < a); }
  friend bool operator!=(peer_handle const& a, peer_handle const& b) noexcept { return !(a == b); }
  /// Some order that does not change.
  friend bool operator<(peer_handle const& a, peer_handle const& b) noexcept {
    return a.m_connection.owner_before(b.m_connection);
  }

 private:
  std::weak_ptr<lt::peer_connection> m_connection;
};

} // namespace memtorrent
