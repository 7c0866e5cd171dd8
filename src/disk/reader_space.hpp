// What stays in RAM for the readers of each torrent: the side of the disk that streams talk to.
//
//   a stream says what its readers need --> all shares, once --> its own is the answer; the others' streams are told
//   windows, pins --> the order of eviction --> what is too much goes, and peers that were held back go on
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

  // ---- for streams; what concerns a torrent that has left does nothing ----

  /// Says what the torrent's readers need, and returns its share by that.
  reader_share set_need(memory_storage const& torrent, readers_need need);

  /// Where the heads of a torrent are.
  void set_windows(memory_storage& torrent, std::vector<play_window> windows);
  /// What is to stay of a torrent, in order of importance, as far as the limit on pinning allows.
  void set_pinned(memory_storage const& torrent, std::vector<piece_range> pinned);
  /// The same for the ends of the files that are read, which come after those. Returns what may be pinned of them.
  std::vector<piece_range> set_file_ends(memory_storage const& torrent, std::vector<piece_range> ends);

  /// Who hears of the torrent's pieces; and who does while that one is not there, before and after.
  void set_listener(memory_storage const& torrent, std::weak_ptr<piece_listener> listener);
  void set_stand_in(memory_storage const& torrent, std::weak_ptr<piece_listener> stand_in);
  [[nodiscard]] std::shared_ptr<piece_listener> listener_of(memory_storage const& torrent) const;
  /// Tells it that the torrent's data is not here any more.
  void close(memory_storage const& torrent, boost::system::error_code reason) const;

  /// `errc::picker_mismatch` if pieces of this torrent cannot be let go.
  [[nodiscard]] boost::system::error_code check_picker(memory_storage const& torrent) const;

  /// For timers of streams.
  [[nodiscard]] lt::io_context& network_io() const noexcept { return m_io; }

  // ---- for the disk ----

  /// The budget, a cap or a guarantee has changed, or a torrent has left: hands out the new shares, evicts what is too
  /// much, lets peers that were held back go on.
  void limits_changed();
  /// Something may go that could not before, or memory became free.
  void space_changed();

 private:
  void hand_out(std::vector<std::shared_ptr<memory_storage>> const& changed, memory_storage const* but_not_to);
  void apply_pins(torrent_slot& torrent);

  lt::io_context& m_io;
  memory_disk_state& m_state;
  torrent_slots& m_torrents;
  evictor& m_evictor;
  back_pressure& m_pressure;
  space_signal const& m_signal;
};

} // namespace memtorrent
