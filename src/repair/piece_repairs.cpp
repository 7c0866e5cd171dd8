#include "repair/piece_repairs.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/picker_bridge.hpp"
#include "bridge/torrent_bridge.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace memtorrent {

namespace {

// One liar can spoil all pieces that are being fetched. Of a window these are few.
constexpr std::size_t most_repairs = 8;

// Peers that libtorrent has forgotten count as one.
std::size_t count_givers(std::vector<lt::torrent_peer*> const& givers, piece_geometry const& geometry,
                         lt::piece_index_t piece) {
  std::set<lt::torrent_peer const*> peers;
  for (std::size_t block = 0; block < givers.size(); ++block)
    if (!geometry.is_pad_block(piece, static_cast<int>(block))) peers.insert(givers[block]);
  return peers.size();
}

// Null if nobody can be asked.
std::shared_ptr<lt::peer_connection> first_connection(std::vector<sender> const& senders) {
  for (auto const& sender : senders)
    if (auto connection = sender.peer.connection()) return connection;
  return nullptr;
}

} // namespace

hash_handler piece_repairs::look_after(std::shared_ptr<memory_storage> const& storage, hash_handler handler,
                                       answered_handler answered) {
  return [this, network = m_network, storage, handler = std::move(handler), answered = std::move(answered)](
             lt::piece_index_t piece, lt::sha1_hash const& hash, lt::storage_error const& error) mutable {
    if (!error && network->is_open() && begin(storage, piece, hash, handler, answered)) return;
    if (handler) handler(piece, hash, error);
    answered(!error);
  };
}

// True if the handler was taken over.
bool piece_repairs::begin(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                          lt::sha1_hash const& hash, hash_handler& handler, answered_handler const& answered) {
  auto const torrent = m_is_stopped ? nullptr : m_services.torrent_of(*storage);
  if (!torrent || !torrent_bridge::has_metadata(*torrent)) return false;
  auto const right = torrent_bridge::right_hash(*torrent, piece);
  if (hash == right || m_repairs.size() >= most_repairs) return false;
  auto const givers = picker_bridge::givers(*torrent, piece);
  auto const somebody = first_connection(peer_bridge::senders(*torrent));
  if (!somebody || count_givers(givers, storage->geometry(), piece) < 2) return false;
  if (storage->request_hash(piece, {true, false}) == memory_storage::hash_state::incomplete) return false;

  auto& opinions = m_opinions[storage.get()];
  if (!opinions) opinions = second_opinions::attach(*somebody);
  m_repairs.push_back(std::make_shared<piece_repair>(
      piece_repair::task{storage, torrent, piece, hash, right, std::move(handler), answered}, givers, opinions,
      m_limits, m_io, static_cast<piece_repair::mediator&>(*this)));
  auto const repair = m_repairs.back();
  repair->begin();
  return true;
}

// ---- what a repair needs ----

block_ref piece_repairs::block_for(piece_repair::task const& what) {
  return m_services.block_for(*what.storage, what.piece);
}

bool piece_repairs::hash(piece_repair& repair) {
  auto const& what = repair.what();
  return m_services.hash(
      what.storage, what.piece,
      [weak = repair.weak_from_this()](lt::piece_index_t, lt::sha1_hash const& hash, lt::storage_error const& error) {
        if (auto const self = weak.lock()) self->hashed(hash, error);
      });
}

void piece_repairs::answer(piece_repair& repair, lt::sha1_hash const& hash) {
  auto const self = repair.shared_from_this();
  m_repairs.erase(std::remove(m_repairs.begin(), m_repairs.end(), self), m_repairs.end());
  auto& what = repair.what();
  if (hash == what.right) ++m_counts.pieces_repaired;
  what.storage->release_hash(what.piece);
  if (what.handler) what.handler(what.piece, hash, lt::storage_error());
  what.answered(true);
}

// Bans the peer, and tells the other repairs not to trust it.
void piece_repairs::convict(piece_repair const& by, lt::peer_connection& liar) {
  // Banning a web seed would not help: libtorrent makes another connection to it.
  if (!peer_bridge::is_live_client(liar)) return;
  for (auto const& repair : m_repairs)
    if (repair.get() != &by) repair->distrust(liar);
  ++m_counts.peers_banned;
  peer_bridge::ban(liar, m_counters);
}

// ---- how they end ----

template <typename Predicate>
void piece_repairs::cancel_if(Predicate applies) {
  auto const first = std::stable_partition(m_repairs.begin(), m_repairs.end(),
                                           [&](auto const& repair) { return !applies(*repair->what().storage); });
  std::vector<std::shared_ptr<piece_repair>> const cancelled(first, m_repairs.end());
  m_repairs.erase(first, m_repairs.end());
  for (auto const& repair : cancelled) {
    repair->end();
    auto& what = repair->what();
    what.storage->release_hash(what.piece);
    boost::asio::post(
        m_io, [piece = what.piece, handler = std::move(what.handler), answered = std::move(what.answered)] {
          lt::storage_error const aborted(boost::asio::error::operation_aborted, lt::operation_t::file_read);
          if (handler) handler(piece, lt::sha1_hash(), aborted);
          answered(false);
        });
  }
}

void piece_repairs::cancel(memory_storage const& storage) {
  cancel_if([&](memory_storage const& of) { return &of == &storage; });
}

void piece_repairs::forget(memory_storage const& storage) {
  cancel(storage);
  m_opinions.erase(&storage);
}

void piece_repairs::stop() {
  m_is_stopped = true;
  cancel_if([](memory_storage const&) { return true; });
}

} // namespace memtorrent
