// The torrents of a disk I/O by libtorrent's `storage_index_t`. Indices are reused, so jobs of a torrent hold its
// storage, never its index.
//
// Thread: the network thread.

#pragma once

#include "cache/memory_storage.hpp"
#include "disk/piece_listener.hpp"
#include "precondition.hpp"

#include <libtorrent/fwd.hpp>
#include <libtorrent/storage_defs.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace memtorrent {

class late_verdicts;

struct torrent_slot {
  std::shared_ptr<memory_storage> storage; // null when the slot is free
  std::weak_ptr<void> torrent;             // what `disk_interface::new_torrent` received
  /// Whether the counts in the torrent's picker were found right (picker_bridge::self_check).
  enum class check { not_yet, passed, failed } picker_check = check::not_yet;
  /// A recheck was asked for, so that a seed has a picker again.
  bool recheck_asked = false;
  /// Why the torrent cannot be kept as its mark says (torrent_placement.hpp); libtorrent hears of it in the check.
  boost::system::error_code refused;
  /// What the embedder wants pinned, before the limit on pinning is applied.
  std::vector<piece_range> pinned;
  /// The ends of the files that are read. They are pinned as far as `pinned` leaves space for them.
  std::vector<piece_range> file_ends;
  /// For pieces that came before the hashes to check them with; null until there is one.
  std::shared_ptr<memtorrent::late_verdicts> late_verdicts;
  /// The stream that plays the torrent, and who is told about its pieces while there is none.
  std::weak_ptr<piece_listener> player;
  std::weak_ptr<piece_listener> stand_in;

  [[nodiscard]] std::shared_ptr<piece_listener> listener() const {
    auto playing = player.lock();
    return playing ? playing : stand_in.lock();
  }
};

class torrent_slots {
 public:
  lt::storage_index_t add(torrent_slot slot) {
    if (m_free.empty()) {
      m_free.emplace_back(static_cast<std::uint32_t>(m_slots.size()));
      m_slots.emplace_back();
    }
    auto const index = m_free.back();
    m_free.pop_back();
    m_slots[static_cast<std::uint32_t>(index)] = std::move(slot);
    return index;
  }

  torrent_slot remove(lt::storage_index_t index) {
    m_free.push_back(index);
    return std::exchange(at(index), torrent_slot{});
  }

  /// REQUIRES: `index` came from `add` and was not removed.
  torrent_slot& at(lt::storage_index_t index) {
    auto& slot = m_slots[static_cast<std::size_t>(static_cast<std::uint32_t>(index))];
    MEMTORRENT_REQUIRE(slot.storage);
    return slot;
  }

  /// The torrent's slot, or null when it has left.
  torrent_slot* find(memory_storage const& storage) {
    auto const found = std::find_if(m_slots.begin(), m_slots.end(),
                                    [&](torrent_slot const& slot) { return slot.storage.get() == &storage; });
    return found == m_slots.end() ? nullptr : &*found;
  }

  /// Calls `visit` with the slot of each torrent that is there.
  template <typename Visit>
  void for_each(Visit visit) {
    for (auto& slot : m_slots)
      if (slot.storage) visit(slot);
  }

 private:
  std::vector<torrent_slot> m_slots;
  std::vector<lt::storage_index_t> m_free;
};

} // namespace memtorrent
