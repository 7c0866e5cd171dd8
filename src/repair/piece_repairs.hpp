// The repairs that are under way: when one is begun, and how it ends (piece_repair).
//
//   async_hash --> hashing --right, or nothing to be done--> libtorrent
//                     \--wrong--> piece_repair --hash of what the piece is now, or the wrong one--> libtorrent
//
// A repair is begun for a v1 piece that several peers gave. If one peer gave all of it, libtorrent bans that peer at
// once. v2 has a hash for each block, so libtorrent itself fetches only the wrong ones again.
//
// The piece's hash stays requested during a repair. So the piece is not evicted, and whoever waits for its hash goes on
// waiting. At most `most_repairs` pieces are repaired at a time; the hash of any other one is answered as it is.
//
// Thread: the network thread.

#pragma once

#include "bridge/network_thread.hpp"
#include "repair/piece_repair.hpp"

#include <libtorrent/performance_counters.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace memtorrent {

/// Read on any thread.
struct repair_counts {
  std::atomic<std::int64_t> pieces_repaired{0};
  std::atomic<std::int64_t> peers_banned{0};
};

/// What repairs need of the disk. None is empty.
struct repair_services {
  /// The torrent whose storage it is, or null when it is leaving.
  std::function<std::shared_ptr<lt::torrent>(memory_storage const&)> torrent_of;
  /// Memory for a block of the torrent, within the budget: other pieces go for it, as for any block of `piece` that
  /// arrives. Empty if there is no space.
  std::function<block_ref(memory_storage&, lt::piece_index_t piece)> block_for;
  /// Has the v1 hash of a piece computed. False, with nothing done, if a block of it is not there.
  std::function<bool(std::shared_ptr<memory_storage> const&, lt::piece_index_t piece, hash_handler)> hash;
};

class piece_repairs final : private piece_repair::mediator {
 public:
  /// `io`, `counts` and `counters` (libtorrent's own) outlive it.
  piece_repairs(lt::io_context& io, std::shared_ptr<network_thread> network, repair_limits const& limits,
                repair_services services, repair_counts& counts, lt::counters& counters)
      : m_io(io),
        m_network(std::move(network)),
        m_limits(limits),
        m_services(std::move(services)),
        m_counts(counts),
        m_counters(counters) {}

  /// Returns a handler for the hash of a v1 piece. It passes the hash on to `handler` and then runs `answered`: at
  /// once, or after a repair.
  hash_handler look_after(std::shared_ptr<memory_storage> const& storage, hash_handler handler,
                          answered_handler answered);

  /// Ends the repairs of a torrent's pieces: their hashes are answered "operation aborted".
  void cancel(memory_storage const& storage);
  /// The same when the torrent leaves.
  void forget(memory_storage const& storage);
  void stop();

 private:
  bool begin(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, lt::sha1_hash const& hash,
             hash_handler& handler, answered_handler const& answered);
  template <typename Predicate>
  void cancel_if(Predicate applies);

  block_ref block_for(piece_repair::task const& what) override;
  bool hash(piece_repair& repair) override;
  void answer(piece_repair& repair, lt::sha1_hash const& hash) override;
  void convict(piece_repair const& by, lt::peer_connection& liar) override;

  lt::io_context& m_io;
  std::shared_ptr<network_thread> const m_network;
  repair_limits const m_limits;
  repair_services const m_services;
  repair_counts& m_counts;
  lt::counters& m_counters;
  // Of each torrent that had a repair.
  std::map<memory_storage const*, std::shared_ptr<second_opinions>> m_opinions;
  std::vector<std::shared_ptr<piece_repair>> m_repairs;
  bool m_is_stopped = false;
};

} // namespace memtorrent
