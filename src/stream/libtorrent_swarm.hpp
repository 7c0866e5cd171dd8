// The swarm of a torrent in a libtorrent session, for its scheduler.

#pragma once

#include "stream/swarm_controls.hpp"

#include <libtorrent/piece_block.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <utility>
#include <vector>

namespace memtorrent {

/// Network thread: there libtorrent carries out at once what its handle is told. When the torrent is gone, nobody sends
/// or owes anything, and no call does anything.
class libtorrent_swarm final : public swarm_controls {
 public:
  explicit libtorrent_swarm(lt::torrent_handle torrent) : m_torrent(std::move(torrent)) {}

  [[nodiscard]] std::vector<sender> senders() const override;
  void limit_requests(peer_handle const& peer, int fewest, int most) override;
  [[nodiscard]] std::vector<owed_block> owed_blocks(lt::piece_index_t piece) const override;
  [[nodiscard]] bool may_be_asked(peer_handle const& peer, lt::piece_index_t piece) const override;
  void request_as_well(peer_handle const& peer, lt::piece_index_t piece, int block) override;
  void cancel_what_has_come() override;
  void prioritize(std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& priorities) override;
  void set_deadline(lt::piece_index_t piece, int milliseconds_from_now) override;
  void reset_deadline(lt::piece_index_t piece) override;
  void set_sequential(bool in_order) override;
  void set_patience(std::chrono::milliseconds patience) override;

 private:
  lt::torrent_handle const m_torrent;
  // Requested of more than one peer, and not come from any.
  std::vector<lt::piece_block> m_requested_twice;
};

} // namespace memtorrent
