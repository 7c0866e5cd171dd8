// The side of memory_disk_io that faces the layers above: budget, shares, windows and pins.

#include "disk/memory_disk_io.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"
#include "cache/budget_shares.hpp"
#include "memtorrent/error.hpp"

#include <libtorrent/operations.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/piece_block.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace memtorrent {

boost::system::error_code memory_disk_io::check_picker(memory_storage const& storage) {
  torrent_slot* const slot = m_torrents.find(storage);
  auto const torrent = slot ? picker_bridge::torrent_of(slot->torrent.lock()) : nullptr;
  if (!torrent) return errc::torrent_removed;
  return evictor::is_sound(*slot, *torrent) ? boost::system::error_code() : make_error_code(errc::picker_mismatch);
}

// libtorrent hears that the write was cancelled, and takes the block for one that nobody was asked for. So who was
// asked for it as well is so no more.
void memory_disk_io::drop_block(torrent_slot& torrent, lt::peer_request const& request,
                                std::function<void(lt::storage_error const&)> handler) {
  ++m_state->blocks_dropped;
  boost::asio::post(m_network_thread, [weak = torrent.torrent, handler = std::move(handler),
                                       block = lt::piece_block(request.piece, request.start / block_size_bytes)] {
    if (auto const it = picker_bridge::torrent_of(weak.lock())) peer_bridge::cancel(*it, block);
    if (handler) handler({boost::asio::error::operation_aborted, lt::operation_t::file_write});
  });
  if (auto const listener = torrent.storage->listener()) listener->on_block_dropped(request.piece);
}

void memory_disk_io::budget_changed() {
  shares_changed();
  space_changed();
}

void memory_disk_io::shares_changed() {
  m_torrents.for_each([this](torrent_slot& torrent) {
    apply_pins(torrent);
    if (auto const listener = torrent.storage->listener()) listener->on_share_changed();
  });
}

void memory_disk_io::space_changed() {
  if (m_evictor.is_too_much()) {
    // First say that somebody waits, then look.
    m_state->await_space();
    m_evictor.shrink();
  }
  m_pressure.check();
}

void memory_disk_io::set_windows(memory_storage& storage, std::vector<play_window> windows) {
  storage.order().set_windows(std::move(windows));
  space_changed();
}

void memory_disk_io::set_pinned(memory_storage& storage, std::vector<piece_range> pinned) {
  torrent_slot* const torrent = m_torrents.find(storage);
  if (!torrent) return;
  torrent->pinned = std::move(pinned);
  apply_pins(*torrent);
  space_changed();
}

std::vector<piece_range> memory_disk_io::set_file_ends(memory_storage& storage, std::vector<piece_range> ends) {
  torrent_slot* const torrent = m_torrents.find(storage);
  if (!torrent) return {};
  if (torrent->file_ends != ends) {
    torrent->file_ends = std::move(ends);
    apply_pins(*torrent);
    space_changed();
  }
  auto const& geometry = storage.geometry();
  return first_within(geometry, torrent->file_ends,
                      m_state->most_pinned_bytes(storage) - resident_bytes(geometry, torrent->pinned));
}

void memory_disk_io::apply_pins(torrent_slot& torrent) {
  auto& storage = *torrent.storage;
  auto const& geometry = storage.geometry();
  auto pinned = torrent.pinned;
  pinned.insert(pinned.end(), torrent.file_ends.begin(), torrent.file_ends.end());
  storage.order().set_pinned(first_within(geometry, pinned, m_state->most_pinned_bytes(storage)));
}

} // namespace memtorrent
