// What stays in RAM for the readers of each torrent: the side of the disk that streams talk to.
//
//   a stream's need --> all shares, computed once --> its own share is the answer; streams of the others are told
//   windows, pins --> the order of eviction --> what exceeds the budget or a cap is evicted, held peers may go on
//
// Thread: the network thread.

#pragma once

#include "disk/back_pressure.hpp"
#include "disk/evictor.hpp"
#include "disk/memory_disk_state.hpp"
#include "disk/piece_listener.hpp"
#include "disk/space_signal.hpp"
#include "disk/torrent_slots.hpp"

#include <libtorrent/io_context.hpp>

#include <memory>
#include <vector>

namespace memtorrent {

class reader_space {
 public:
  /// All of these outlive it.
  reader_space(lt::io_context& io, memory_disk_state& state, torrent_slots& torrents, evictor& evictor,
               back_pressure& pressure, space_signal const& signal)
      : m_io(io), m_state(state), m_torrents(torrents), m_evictor(evictor), m_pressure(pressure), m_signal(signal) {}

  // ---- for streams; calls for a torrent that has left do nothing ----

  /// Sets what the torrent's readers need, and returns the share that this gives.
  reader_share set_need(memory_storage const& torrent, readers_need need);

  /// Where the heads of a torrent are.
  void set_windows(memory_storage& torrent, std::vector<play_window> windows);
  /// The pieces of a torrent to pin, most important first, as far as the limit on pinning allows.
  void set_pinned(memory_storage const& torrent, std::vector<piece_range> pinned);
  /// The same for the ends of the files that are read; they come after `set_pinned`. Returns those that are pinned.
  std::vector<piece_range> set_file_ends(memory_storage const& torrent, std::vector<piece_range> ends);

  /// Who is told about the torrent's pieces: the listener (its stream), or the stand-in while there is no listener.
  void set_listener(memory_storage const& torrent, std::weak_ptr<piece_listener> listener);
  void set_stand_in(memory_storage const& torrent, std::weak_ptr<piece_listener> stand_in);
  [[nodiscard]] std::shared_ptr<piece_listener> listener_of(memory_storage const& torrent) const;
  /// Tells the listener that the torrent's data is not in RAM any more.
  void close(memory_storage const& torrent, boost::system::error_code reason) const;

  /// `errc::picker_mismatch` if pieces of this torrent cannot be evicted.
  [[nodiscard]] boost::system::error_code check_picker(memory_storage const& torrent) const;

  /// For timers of streams.
  [[nodiscard]] lt::io_context& network_io() const noexcept { return m_io; }

  // ---- for the disk ----

  /// The budget, a cap or a guarantee has changed, or a torrent has left: hands out the new shares, then does what
  /// `space_changed` does.
  void limits_changed();
  /// A piece may go that could not before, or memory became free: evicts what exceeds the budget or a cap, and lets
  /// peers that were held back go on.
  void space_changed();

 private:
  void hand_out(std::vector<std::shared_ptr<memory_storage>> const& changed, memory_storage const* except);
  void apply_pins(torrent_slot& torrent);

  lt::io_context& m_io;
  memory_disk_state& m_state;
  torrent_slots& m_torrents;
  evictor& m_evictor;
  back_pressure& m_pressure;
  space_signal const& m_signal;
};

} // namespace memtorrent
