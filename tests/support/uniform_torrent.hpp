// A torrent whose pieces are all the same bytes, so that a big one costs neither time nor memory, and a session that
// puts its pieces into RAM by itself (torrent_handle::add_piece), with no peer.

#pragma once

#include "support/swarm.hpp"

#include <libtorrent/torrent_info.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::test {

class uniform_torrent {
 public:
  uniform_torrent(int pieces, int piece_length_bytes, std::string name = "uniform");

  [[nodiscard]] std::shared_ptr<lt::torrent_info> info() const { return std::make_shared<lt::torrent_info>(*m_info); }
  [[nodiscard]] int num_pieces() const { return m_info->num_pieces(); }
  /// The bytes of every piece.
  [[nodiscard]] std::vector<char> const& piece() const { return m_piece; }

 private:
  std::vector<char> m_piece;
  std::shared_ptr<lt::torrent_info> m_info;
};

/// A session on a memory disk I/O.
class ram_session : public loopback_session {
 public:
  explicit ram_session(memory_disk_constructor const& ram) : loopback_session(ram), disk(ram.disk()) {}

  /// Adds a torrent, and waits until it can take pieces.
  lt::torrent_handle add(uniform_torrent const& torrent, lt::add_torrent_params params = {});
  /// Puts pieces [begin, end) in, and waits until each is had, or evicted again.
  void put(lt::torrent_handle const& handle, uniform_torrent const& torrent, int begin, int end);

  memory_disk disk;
};

} // namespace memtorrent::test
