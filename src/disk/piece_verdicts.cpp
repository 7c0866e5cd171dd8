#include "disk/piece_verdicts.hpp"

#include "bridge/late_verdicts.hpp"
#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"

namespace memtorrent {

void piece_verdicts::piece_hashed(memory_storage& storage, lt::piece_index_t piece, bool checking) {
  torrent_slot* const slot = m_torrents.find(storage);
  auto const torrent = slot ? picker_bridge::torrent_of(slot->torrent.lock()) : nullptr;
  if (!torrent) return;
  peer_bridge::keep_trust_in_bounds(*torrent);
  if (picker_bridge::has_piece(*torrent, piece))
    passed(*slot, piece);
  else if (picker_bridge::awaits_hashes(*torrent, piece))
    await(*slot, piece);
  else if (checking)
    storage.evict(piece);
  else
    failed(*slot, piece);
}

void piece_verdicts::await(torrent_slot& slot, lt::piece_index_t piece) {
  if (!slot.late_verdicts) {
    auto const decided = [this, network = m_network, weak = std::weak_ptr(slot.storage)](lt::piece_index_t late) {
      // Posted, because libtorrent is in the middle of the decision.
      network->post([this, weak, late] {
        if (auto const storage = weak.lock()) decided_late(*storage, late);
      });
    };
    slot.late_verdicts =
        late_verdicts::attach(picker_bridge::handle_of(picker_bridge::torrent_of(slot.torrent.lock())), decided);
  }
  slot.late_verdicts->await(piece);
}

void piece_verdicts::decided_late(memory_storage const& storage, lt::piece_index_t piece) {
  torrent_slot* const slot = m_torrents.find(storage);
  auto const torrent = slot ? picker_bridge::torrent_of(slot->torrent.lock()) : nullptr;
  // A piece that was evicted and fetched again meanwhile has had its verdict.
  if (!torrent || storage.has_passed(piece)) return;
  peer_bridge::keep_trust_in_bounds(*torrent);
  if (picker_bridge::has_piece(*torrent, piece))
    passed(*slot, piece);
  else
    failed(*slot, piece);
  m_signal.raise();
}

void piece_verdicts::passed(torrent_slot const& slot, lt::piece_index_t piece) {
  slot.storage->mark_passed(piece);
  if (auto const listener = slot.listener()) listener->on_piece_passed(piece);
}

void piece_verdicts::failed(torrent_slot const& slot, lt::piece_index_t piece) {
  if (auto const listener = slot.listener()) listener->on_piece_failed(piece);
}

} // namespace memtorrent
