// The repairs that are under way: when one is begun, and how it ends (piece_repair).
//
//   async_hash --> piece_hashing --right, or nothing to be done--> libtorrent
//                        \--wrong--> piece_repair --hash of what the piece is now, or the wrong one--> libtorrent
//
// A repair is begun for a v1 piece that several peers gave. If one peer gave all of it, libtorrent bans that peer at
// once. v2 has a hash for each block, so libtorrent itself fetches only the wrong ones again.
//
// The piece's hash stays requested during a repair: nothing lets the piece go, and whoever waits for its hash waits on.
// At most `most_repairs` pieces are repaired at a time; the hash of another one is answered as it is.
//
// Thread: the network thread.

#pragma once

#include "disk/evictor.hpp"
#include "disk/memory_disk_state.hpp"
#include "disk/piece_hashing.hpp"
#include "disk/torrent_slots.hpp"
#include "repair/piece_repair.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace memtorrent {

class piece_repairs {
 public:
  using piece_handler = piece_hashing::piece_handler;
  using answered_handler = piece_hashing::answered_handler;

  piece_repairs(lt::io_context& network_thread, memory_disk_state& state, torrent_slots& torrents, evictor& evictor,
                piece_hashing& hashing, lt::counters& counters)
      : m_network_thread(network_thread),
        m_state(state),
        m_torrents(torrents),
        m_evictor(evictor),
        m_hashing(hashing),
        m_counters(counters) {}

  /// A handler for `piece_hashing::hash_piece` of a v1 piece that passes the hash on to `handler`, and runs `answered`
  /// behind it; at once, or after a repair.
  piece_handler look_after(std::shared_ptr<memory_storage> const& storage, piece_handler handler,
                           answered_handler answered);

  /// Ends the repairs of a torrent's pieces: their hashes are answered "operation aborted".
  void cancel(memory_storage const& storage);
  void stop();

  /// What follows is for a repair. Its limits: memory_disk_state::longest_repair and repair_patience.
  [[nodiscard]] std::chrono::milliseconds longest() const noexcept { return m_state.longest_repair; }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept { return m_state.repair_patience; }
  /// Space for a block of the piece; empty if there is none.
  block_ref block_for(memory_storage& storage, lt::piece_index_t piece);
  /// Has the piece hashed. False if a block of it is not there.
  bool hash(piece_repair& repair);
  /// The repair is over, and this is what libtorrent hears.
  void answer(piece_repair& repair, lt::sha1_hash const& hash);
  /// A peer is known to have lied: it is banned, and the torrent's other repairs do without it.
  void convict(piece_repair const& by, lt::peer_connection& liar);

 private:
  bool begin(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, lt::sha1_hash const& hash,
             piece_handler& handler, answered_handler const& answered);
  template <typename Predicate>
  void cancel_if(Predicate applies);

  lt::io_context& m_network_thread;
  memory_disk_state& m_state;
  torrent_slots& m_torrents;
  evictor& m_evictor;
  piece_hashing& m_hashing;
  lt::counters& m_counters;
  std::vector<std::shared_ptr<piece_repair>> m_repairs;
  bool m_is_stopped = false;
};

} // namespace memtorrent
