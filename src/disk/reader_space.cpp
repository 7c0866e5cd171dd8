#include "disk/reader_space.hpp"

#include "bridge/picker_bridge.hpp"
#include "cache/budget_shares.hpp"
#include "memtorrent/error.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

// ---- shares ----

reader_share reader_space::set_need(memory_storage const& torrent, readers_need need) {
  m_state.shares().set_need(torrent, std::move(need));
  if (auto const changed = m_state.shares().take_changed(); !changed.empty()) hand_out(changed, &torrent);
  return m_state.shares().share_of(torrent);
}

void reader_space::limits_changed() {
  hand_out(m_state.shares().take_changed(), nullptr);
  space_changed();
}

void reader_space::hand_out(std::vector<std::shared_ptr<memory_storage>> const& changed, memory_storage const* except) {
  // Of all torrents, also those that nobody reads: what may be pinned depends on the budget and on the other torrents.
  m_torrents.for_each([this](torrent_slot& torrent) { apply_pins(torrent); });
  for (auto const& torrent : changed)
    if (auto const listener = torrent.get() == except ? nullptr : listener_of(*torrent)) listener->on_share_changed();
}

void reader_space::space_changed() {
  if (m_evictor.is_too_much()) {
    m_signal.await(m_state.arena()->budget());
    m_evictor.shrink();
  }
  m_pressure.check();
}

// ---- windows and pins ----

void reader_space::set_windows(memory_storage& torrent, std::vector<play_window> windows) {
  torrent.order().set_windows(std::move(windows));
  space_changed();
}

void reader_space::set_pinned(memory_storage const& torrent, std::vector<piece_range> pinned) {
  torrent_slot* const slot = m_torrents.find(torrent);
  if (!slot) return;
  slot->pinned = std::move(pinned);
  apply_pins(*slot);
  space_changed();
}

std::vector<piece_range> reader_space::set_file_ends(memory_storage const& torrent, std::vector<piece_range> ends) {
  torrent_slot* const slot = m_torrents.find(torrent);
  if (!slot) return {};
  if (slot->file_ends != ends) {
    slot->file_ends = std::move(ends);
    apply_pins(*slot);
    space_changed();
  }
  if (slot->file_ends.empty()) return {};
  auto const& geometry = torrent.geometry();
  return first_within(geometry, slot->file_ends,
                      m_state.shares().most_pinned_bytes(torrent) - resident_bytes(geometry, slot->pinned));
}

void reader_space::apply_pins(torrent_slot& torrent) {
  auto& storage = *torrent.storage;
  auto pinned = torrent.pinned;
  pinned.insert(pinned.end(), torrent.file_ends.begin(), torrent.file_ends.end());
  if (!pinned.empty()) pinned = first_within(storage.geometry(), pinned, m_state.shares().most_pinned_bytes(storage));
  storage.order().set_pinned(std::move(pinned));
}

// ---- listeners ----

void reader_space::set_listener(memory_storage const& torrent, std::weak_ptr<piece_listener> listener) {
  if (torrent_slot* const slot = m_torrents.find(torrent)) slot->player = std::move(listener);
}

void reader_space::set_stand_in(memory_storage const& torrent, std::weak_ptr<piece_listener> stand_in) {
  if (torrent_slot* const slot = m_torrents.find(torrent)) slot->stand_in = std::move(stand_in);
}

std::shared_ptr<piece_listener> reader_space::listener_of(memory_storage const& torrent) const {
  torrent_slot const* const slot = m_torrents.find(torrent);
  return slot ? slot->listener() : nullptr;
}

void reader_space::close(memory_storage const& torrent, boost::system::error_code reason) const {
  if (auto const listener = listener_of(torrent)) listener->on_closed(reason);
}

boost::system::error_code reader_space::check_picker(memory_storage const& torrent) const {
  torrent_slot* const slot = m_torrents.find(torrent);
  auto const native = slot ? picker_bridge::torrent_of(slot->torrent.lock()) : nullptr;
  if (!native) return errc::torrent_removed;
  return evictor::is_sound(*slot, *native) ? boost::system::error_code() : make_error_code(errc::picker_mismatch);
}

} // namespace memtorrent
