#include "repair/piece_repairs.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"
#include "disk/memory_disk_io.hpp"

#include <libtorrent/bt_peer_connection.hpp>
#include <libtorrent/peer_connection.hpp>
#include <libtorrent/torrent.hpp>
#include <libtorrent/torrent_info.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace memtorrent {

namespace {

// One liar can spoil as many pieces as are being fetched, which of a window's are few.
constexpr std::size_t most_repairs = 8;

// All that libtorrent has forgotten count as one.
std::size_t count_givers(std::vector<lt::torrent_peer*> const& givers, piece_geometry const& geometry,
                         lt::piece_index_t piece) {
  std::set<lt::torrent_peer const*> peers;
  for (std::size_t block = 0; block < givers.size(); ++block)
    if (!geometry.is_pad_block(piece, static_cast<int>(block))) peers.insert(givers[block]);
  return peers.size();
}

} // namespace

piece_repairs::piece_handler piece_repairs::look_after(std::shared_ptr<memory_storage> const& storage,
                                                       piece_handler handler, answered_handler answered) {
  return [state = m_state.shared_from_this(), storage, handler = std::move(handler), answered = std::move(answered)](
             lt::piece_index_t piece, lt::sha1_hash const& hash, lt::storage_error const& error) mutable {
    auto* const disk = state->disk();
    if (!error && disk && disk->repairs().begin(storage, piece, hash, handler, answered)) return;
    if (handler) handler(piece, hash, error);
    answered(!error);
  };
}

// True if the handler was taken over.
bool piece_repairs::begin(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                          lt::sha1_hash const& hash, piece_handler& handler, answered_handler const& answered) {
  torrent_slot* const slot = m_torrents.find(*storage);
  auto const torrent = slot && !m_is_stopped ? picker_bridge::torrent_of(slot->torrent.lock()) : nullptr;
  if (!torrent || !torrent->valid_metadata()) return false;
  auto const right = torrent->torrent_file().hash_for_piece(piece);
  if (hash == right || m_repairs.size() >= most_repairs) return false;
  auto const givers = picker_bridge::givers(*torrent, piece);
  auto const peers = peer_bridge::senders(*torrent);
  if (count_givers(givers, storage->geometry(), piece) < 2 || peers.empty()) return false;
  if (storage->request_hash(piece, {true, false}) == memory_storage::hash_state::incomplete) return false;

  if (!slot->second_opinions) slot->second_opinions = second_opinions::attach(*peers.front().peer.connection());
  m_repairs.push_back(std::make_shared<piece_repair>(
      piece_repair::task{storage, torrent, piece, hash, right, std::move(handler), answered}, givers,
      slot->second_opinions, m_network_thread, *this));
  auto const repair = m_repairs.back();
  repair->begin();
  return true;
}

block_ref piece_repairs::block_for(memory_storage& storage, lt::piece_index_t piece) {
  torrent_slot* const slot = m_torrents.find(storage);
  auto block = storage.allocate();
  while (!block && slot && m_evictor.make_space_for({*slot, piece, storage.rank(piece)})) block = storage.allocate();
  return block;
}

bool piece_repairs::hash(piece_repair& repair) {
  piece_handler handler = [weak = repair.weak_from_this()](lt::piece_index_t, lt::sha1_hash const& hash,
                                                           lt::storage_error const& error) {
    if (auto const self = weak.lock()) self->hashed(hash, error);
  };
  auto const& what = repair.what();
  return m_hashing.hash_piece(what.storage, what.piece, {true, false}, {}, handler, [](bool) {});
}

void piece_repairs::answer(piece_repair& repair, lt::sha1_hash const& hash) {
  auto const self = repair.shared_from_this();
  m_repairs.erase(std::remove(m_repairs.begin(), m_repairs.end(), self), m_repairs.end());
  auto& what = repair.what();
  if (hash == what.right) ++m_state.pieces_repaired;
  what.storage->release_hash(what.piece);
  if (what.handler) what.handler(what.piece, hash, lt::storage_error());
  what.answered(true);
}

void piece_repairs::convict(piece_repair const& by, lt::peer_connection& liar) {
  // A web seed has no connection of its own to end: libtorrent makes another one.
  if (liar.type() != lt::connection_type::bittorrent || liar.is_disconnecting()) return;
  for (auto const& repair : m_repairs)
    if (repair.get() != &by) repair->distrust(liar);
  ++m_state.peers_banned;
  peer_bridge::ban(liar, m_counters);
}

template <typename Predicate>
void piece_repairs::cancel_if(Predicate applies) {
  auto const first = std::stable_partition(m_repairs.begin(), m_repairs.end(),
                                           [&](auto const& repair) { return !applies(*repair->what().storage); });
  std::vector<std::shared_ptr<piece_repair>> const cancelled(first, m_repairs.end());
  m_repairs.erase(first, m_repairs.end());
  for (auto const& repair : cancelled) {
    auto& what = repair->what();
    what.storage->release_hash(what.piece);
    boost::asio::post(
        m_network_thread, [piece = what.piece, handler = std::move(what.handler), answered = std::move(what.answered)] {
          lt::storage_error const aborted(boost::asio::error::operation_aborted, lt::operation_t::file_read);
          if (handler) handler(piece, lt::sha1_hash(), aborted);
          answered(false);
        });
  }
}

void piece_repairs::cancel(memory_storage const& storage) {
  cancel_if([&](memory_storage const& of) { return &of == &storage; });
}

void piece_repairs::stop() {
  m_is_stopped = true;
  cancel_if([](memory_storage const&) { return true; });
}

} // namespace memtorrent
