#pragma once

#include "bridge/peer_handle.hpp"

#include <memory>

namespace memtorrent::test {

/// A peer whose connection was at `address`, and has left. Two calls: one connection was allocated where another had
/// been.
inline peer_handle connection_at(char& address) {
  auto* const connection = reinterpret_cast<lt::peer_connection*>(&address);
  return peer_handle(std::shared_ptr<lt::peer_connection>(std::make_shared<char>(), connection));
}

} // namespace memtorrent::test
