#include "repair/piece_repair.hpp"

#include "bridge/peer_bridge.hpp"
#include "precondition.hpp"

#include <libtorrent/hasher.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

namespace memtorrent {

piece_repair::piece_repair(task what, std::vector<lt::torrent_peer*> const& givers,
                           std::shared_ptr<second_opinions> opinions, repair_limits const& limits, lt::io_context& io,
                           mediator& services)
    : m_what(std::move(what)),
      m_opinions(std::move(opinions)),
      m_limits(limits),
      m_io(io),
      m_mediator(services),
      m_search(number(givers), std::random_device{}()),
      m_timer(io),
      m_end(clock::now() + limits.longest) {
  MEMTORRENT_REQUIRE(m_what.storage->is_hash_requested(m_what.piece));
  for (std::size_t i = 0; i < m_peers.size(); ++i)
    if (m_peers[i].identity && peer_bridge::is_banned(*m_peers[i].identity)) m_search.distrust(static_cast<int>(i));
}

// ---- peers ----

// The number of each block's giver. Peers that libtorrent has forgotten count as one.
std::vector<corruption_search::peer> piece_repair::number(std::vector<lt::torrent_peer*> const& givers) {
  std::vector<corruption_search::peer> numbers;
  for (std::size_t block = 0; block < givers.size(); ++block) {
    auto const* const giver = givers[block];
    if (m_what.storage->geometry().is_pad_block(m_what.piece, static_cast<int>(block))) {
      numbers.push_back(corruption_search::nobody);
      continue;
    }
    auto known = std::find_if(m_peers.begin(), m_peers.end(), [&](known_peer const& p) { return p.identity == giver; });
    if (known == m_peers.end()) {
      known = m_peers.insert(known, {giver, giver ? peer_bridge::connection_of(*giver) : nullptr});
    }
    numbers.push_back(static_cast<int>(known - m_peers.begin()));
  }
  return numbers;
}

corruption_search::peer piece_repair::number_of(lt::peer_connection& peer) {
  auto known = std::find_if(m_peers.begin(), m_peers.end(),
                            [&](known_peer const& p) { return p.connection.lock().get() == &peer; });
  if (known == m_peers.end()) known = m_peers.insert(known, {peer_bridge::known_as(peer), peer_bridge::shared(peer)});
  return static_cast<int>(known - m_peers.begin());
}

// A peer that was late is asked again only if there is no other.
std::vector<corruption_search::sender> piece_repair::senders() {
  std::vector<corruption_search::sender> in_time, late;
  for (auto const& sender : peer_bridge::senders(*m_what.torrent)) {
    auto const connection = sender.peer.connection();
    if (!connection) continue;
    auto& peer = *connection;
    if (!peer_bridge::is_live_client(peer) || !peer_bridge::has_piece(peer, m_what.piece)) continue;
    auto const who = number_of(peer);
    auto& list = m_peers[static_cast<std::size_t>(who)].is_late ? late : in_time;
    list.push_back({who, peer_bridge::download_rate(peer)});
  }
  return in_time.empty() ? late : in_time;
}

void piece_repair::distrust(lt::peer_connection const& liar) {
  for (std::size_t i = 0; i < m_peers.size(); ++i)
    if (m_peers[i].connection.lock().get() == &liar) m_search.distrust(static_cast<int>(i));
  advance_soon();
}

// ---- blocks ----

lt::peer_request piece_repair::request_for(int block) const {
  return {m_what.piece, block * block_size_bytes, m_what.storage->geometry().block_bytes(m_what.piece, block)};
}

void piece_repair::ask(corruption_search::request const& r) {
  auto const peer = m_peers[static_cast<std::size_t>(r.to)].connection.lock();
  m_pending.push_back({r, clock::now() + m_limits.patience});
  m_opinions->ask(*peer, request_for(r.block), weak_from_this());
}

bool piece_repair::no_longer_pending(corruption_search::peer from, int block) {
  auto const found = std::find_if(m_pending.begin(), m_pending.end(),
                                  [&](pending const& p) { return p.request.to == from && p.request.block == block; });
  if (found == m_pending.end()) return false;
  m_pending.erase(found);
  return true;
}

void piece_repair::on_block(lt::peer_connection& from, lt::peer_request const& block, lt::span<char const> bytes) {
  auto const who = number_of(from);
  int const number = block.start / block_size_bytes;
  auto const present = m_what.storage->slice(m_what.piece, block.start, block.length);
  if (!no_longer_pending(who, number) || m_is_over || !present) return;

  auto& geometry = m_what.storage->geometry();
  std::array<char, block_size_bytes> theirs{};
  std::memcpy(theirs.data(), bytes.data(), static_cast<std::size_t>(bytes.size()));
  geometry.clear_pads(m_what.piece, number, theirs.data());
  auto const version = lt::hasher(theirs.data(), block.length).final();
  auto const in_piece = lt::hasher(present->data, block.length).final();
  if (m_search.received(who, number, version, in_piece)) {
    auto kept = m_mediator.block_for(m_what);
    if (kept) {
      std::memcpy(kept.data(), theirs.data(), theirs.size());
      m_kept[std::pair(number, version)] = std::move(kept);
    } else {
      m_search.lost(who, number);
    }
  }
  advance_soon();
}

void piece_repair::on_no_block(lt::peer_connection& from, lt::peer_request const& block) {
  auto const who = number_of(from);
  int const number = block.start / block_size_bytes;
  if (!no_longer_pending(who, number)) return;
  m_search.lost(who, number);
  advance_soon();
}

// False if the piece is not there any more.
bool piece_repair::put_in(corruption_search::replacement const& r) {
  auto const kept = m_kept.find({r.block, r.use});
  auto replaced = m_what.storage->replace(m_what.piece, r.block, std::move(kept->second));
  m_kept.erase(kept);
  if (!replaced) return false;
  m_originals.try_emplace(r.block, r.instead_of);
  m_kept[std::pair(r.block, r.instead_of)] = std::move(replaced);
  return true;
}

void piece_repair::put_back() {
  for (auto const& [block, original] : m_originals)
    if (auto const kept = m_kept.find({block, original}); kept != m_kept.end())
      m_what.storage->replace(m_what.piece, block, std::move(kept->second));
}

// ---- what comes next ----

// Posted, because `advance` may ban the peer whose message libtorrent is handling now.
void piece_repair::advance_soon() {
  if (std::exchange(m_will_advance, true)) return;
  boost::asio::post(m_io, [weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->advance();
  });
}

void piece_repair::advance() {
  m_will_advance = false;
  // While the piece is hashed it must not change: libtorrent must get the hash of the bytes that are there.
  if (m_is_over || m_is_hashing) return;
  auto const step = m_search.next(senders());
  bool const is_sound =
      std::all_of(step.put_in.begin(), step.put_in.end(), [this](auto const& r) { return put_in(r); });
  for (auto const& request : step.ask) ask(request);
  if (step.hash) m_is_hashing = m_mediator.hash(*this);
  bool const may_still_come =
      std::any_of(m_pending.begin(), m_pending.end(), [](pending const& p) { return p.is_late; });
  if (!is_sound || (step.hash && !m_is_hashing) || (step.is_stuck && !may_still_come))
    give_up();
  else
    wait();
}

void piece_repair::hashed(lt::sha1_hash const& hash, lt::storage_error const& error) {
  m_is_hashing = false;
  if (m_is_over) return;
  if (!error && hash == m_what.right) return succeed();
  m_search.hash_was_wrong();
  if (error || clock::now() >= m_end) return give_up();
  advance();
}

void piece_repair::wait() {
  auto next = m_end;
  for (auto const& p : m_pending)
    if (!p.is_late) next = std::min(next, p.due);
  m_timer.expires_at(next);
  m_timer.async_wait([weak = weak_from_this()](boost::system::error_code const& ec) {
    auto const self = weak.lock();
    if (self && !ec) self->look_at_clock();
  });
}

void piece_repair::look_at_clock() {
  if (m_is_over || m_is_hashing) return;
  auto const now = clock::now();
  if (now >= m_end) return give_up();
  for (auto& p : m_pending) {
    if (p.is_late || p.due > now) continue;
    p.is_late = true;
    m_peers[static_cast<std::size_t>(p.request.to)].is_late = true;
    m_search.lost(p.request.to, p.request.block);
  }
  advance();
}

void piece_repair::end() {
  m_is_over = true;
  m_timer.cancel();
  // A block that still arrives is not for this repair, but may be for a later one that asks for it.
  for (auto const& p : m_pending)
    if (auto const peer = m_peers[static_cast<std::size_t>(p.request.to)].connection.lock())
      m_opinions->forget(*peer, request_for(p.request.block));
  m_pending.clear();
}

void piece_repair::succeed() {
  auto const self = shared_from_this();
  end();
  m_mediator.answer(*this, m_what.right);
  for (auto const liar : m_search.liars())
    if (auto const peer = m_peers[static_cast<std::size_t>(liar)].connection.lock()) m_mediator.convict(*this, *peer);
}

// REQUIRES: the piece is not being hashed.
void piece_repair::give_up() {
  MEMTORRENT_REQUIRE(!m_is_hashing);
  auto const self = shared_from_this();
  end();
  put_back();
  m_mediator.answer(*this, m_what.wrong);
}

} // namespace memtorrent
