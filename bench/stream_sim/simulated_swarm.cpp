#include "stream_sim/simulated_swarm.hpp"

#include "cache/piece_geometry.hpp"
#include "memtorrent/block_ref.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent::sim {

namespace {

constexpr double send_buffer_s = 0.5;
constexpr int ticks_a_second = 10;
constexpr std::chrono::seconds longest_queue(2); // of a seed that is asked for late blocks

event_loop::duration seconds(double s) {
  return std::chrono::duration_cast<event_loop::duration>(std::chrono::duration<double>(s));
}

template <typename Requests>
auto find_request(Requests& requests, int piece, int block) {
  return std::find_if(requests.begin(), requests.end(),
                      [&](auto const& r) { return r.piece == piece && r.block == block; });
}

} // namespace

simulated_swarm::simulated_swarm(event_loop& loop, int piece_length_bytes, std::function<void(int)> on_piece)
    : m_loop(loop),
      m_blocks_in_piece(static_cast<int>(blocks_in(piece_length_bytes))),
      m_on_piece(std::move(on_piece)) {}

int simulated_swarm::connect(seed_line line) {
  auto& added = m_seeds.emplace_back();
  added.number = m_next_seed;
  added.line = line;
  ask(added);
  return m_next_seed++;
}

void simulated_swarm::disconnect(int number) {
  auto* const gone = find(number);
  if (!gone) return;
  for (auto const& r : std::exchange(gone->requested, {})) {
    auto const state = m_pieces.find(r.piece);
    if (state == m_pieces.end() || state->second.there[static_cast<std::size_t>(r.block)]) continue;
    if (--state->second.requests[static_cast<std::size_t>(r.block)] == 0) ++state->second.not_requested;
  }
  m_seeds.remove_if([&](seed const& s) { return s.number == number; });
  for (auto& other : m_seeds) ask(other);
}

simulated_swarm::seed* simulated_swarm::find(int number) {
  auto const found = std::find_if(m_seeds.begin(), m_seeds.end(), [&](seed const& s) { return s.number == number; });
  return found == m_seeds.end() ? nullptr : &*found;
}

simulated_swarm::seed const* simulated_swarm::find(peer_handle const& peer) const {
  auto const found = std::find_if(m_seeds.begin(), m_seeds.end(), [&](seed const& s) { return s.peer == peer; });
  return found == m_seeds.end() ? nullptr : &*found;
}

simulated_swarm::seed* simulated_swarm::find(peer_handle const& peer) {
  return const_cast<seed*>(std::as_const(*this).find(peer));
}

// ---- asking ----

simulated_swarm::piece_state& simulated_swarm::begin(int piece) {
  auto& state = m_pieces[piece];
  if (state.there.empty()) {
    state.there.resize(static_cast<std::size_t>(m_blocks_in_piece));
    state.requests.resize(static_cast<std::size_t>(m_blocks_in_piece));
    state.missing = state.not_requested = m_blocks_in_piece;
  }
  return state;
}

int simulated_swarm::next_piece() const {
  int best = -1;
  int best_priority = 0;
  for (auto const& [piece, priority] : m_priorities) {
    auto const state = m_pieces.find(piece);
    if (state != m_pieces.end() && state->second.not_requested == 0) continue;
    if (best < 0 || (priority == 7 && best_priority < 7) || (!m_in_order && priority > best_priority)) {
      best = piece;
      best_priority = priority;
    }
  }
  return best;
}

void simulated_swarm::ask(seed& of) {
  while (static_cast<int>(of.requested.size()) < std::min(of.limit, of.slow_start)) {
    int const piece = next_piece();
    if (piece < 0) return;
    auto& state = begin(piece);
    std::size_t block = 0;
    while (state.there[block] || state.requests[block] > 0) ++block;
    --state.not_requested;
    send_request(of, piece, static_cast<int>(block));
  }
}

void simulated_swarm::send_request(seed& to, int piece, int block) {
  auto& state = begin(piece);
  ++state.requests[static_cast<std::size_t>(block)];
  state.last_requested = m_loop.now();
  to.requested.push_back({piece, block});
  m_loop.after(to.line.round_trip / 2, [this, number = to.number, piece, block] {
    auto* const at = find(number);
    // Unless it was cancelled in the same moment.
    if (!at || find_request(at->requested, piece, block) == at->requested.end()) return;
    at->to_send.push_back({piece, block});
    fill_send_buffer(*at);
  });
}

// ---- the seed's side ----

void simulated_swarm::fill_send_buffer(seed& of) {
  auto const most =
      std::max<std::size_t>(static_cast<std::size_t>(of.line.bytes_per_s * send_buffer_s / block_size_bytes), 1);
  while (!of.to_send.empty() && of.send_buffer.size() < most) {
    of.send_buffer.push_back(of.to_send.front());
    of.to_send.pop_front();
  }
  if (!of.sends && !of.send_buffer.empty()) send_next(of.number);
}

void simulated_swarm::send_next(int number) {
  auto* const from = find(number);
  if (!from) return;
  from->sends = !from->send_buffer.empty();
  if (!from->sends) return;
  m_loop.after(seconds(block_size_bytes / from->line.bytes_per_s), [this, number] {
    auto* const at = find(number);
    if (!at) return;
    auto const block = at->send_buffer.front();
    at->send_buffer.pop_front();
    m_loop.after(at->line.round_trip / 2, [this, number, block] { on_block(number, block); });
    at->sends = false;
    fill_send_buffer(*at);
  });
}

// ---- what comes ----

void simulated_swarm::on_block(int number, request block) {
  auto* const from = find(number);
  if (!from) return;
  m_downloaded_bytes += block_size_bytes;
  from->received_bytes += block_size_bytes;
  ++from->slow_start;
  auto const index = static_cast<std::size_t>(block.block);
  if (auto const mine = find_request(from->requested, block.piece, block.block); mine != from->requested.end())
    from->requested.erase(mine);
  auto const found = m_pieces.find(block.piece);
  // A block of a piece that is begun is taken whether it is still wanted or not, as libtorrent does.
  if (found != m_pieces.end() && !found->second.there[index]) {
    auto& state = found->second;
    if (state.requests[index] == 0) --state.not_requested;
    state.there[index] = true;
    state.requests[index] = 0;
    for (auto& other : m_seeds) cancel(other, block);
    if (--state.missing == 0) {
      m_pieces.erase(found);
      m_priorities.erase(block.piece);
      m_deadlines.erase(block.piece);
      m_there[block.piece] = true;
      m_on_piece(block.piece);
    }
  }
  if (auto* const again = find(number)) ask(*again);
}

void simulated_swarm::cancel(seed& at, request block) {
  auto const mine = find_request(at.requested, block.piece, block.block);
  if (mine == at.requested.end()) return;
  at.requested.erase(mine);
  m_loop.after(at.line.round_trip / 2, [this, number = at.number, block] {
    auto* const peer = find(number);
    if (!peer) return;
    if (auto const queued = find_request(peer->to_send, block.piece, block.block); queued != peer->to_send.end())
      peer->to_send.erase(queued);
  });
}

void simulated_swarm::cancel_all_but_due() {
  for (auto& peer : m_seeds)
    for (auto const& r : std::vector<request>(peer.requested)) {
      if (m_deadlines.count(r.piece)) continue;
      cancel(peer, r);
      auto const state = m_pieces.find(r.piece);
      if (state == m_pieces.end() || state->second.there[static_cast<std::size_t>(r.block)]) continue;
      if (--state->second.requests[static_cast<std::size_t>(r.block)] == 0) ++state->second.not_requested;
    }
}

event_loop::duration simulated_swarm::queue_time(seed const& of) const {
  return seconds(static_cast<double>(of.requested.size()) * block_size_bytes / of.line.bytes_per_s);
}

// As torrent::request_time_critical_pieces: once for each time that patience is lost.
void simulated_swarm::ask_others_for(int piece, piece_state& state) {
  auto const times = static_cast<int>((m_loop.now() - state.last_requested) / m_patience);
  if (state.not_requested > 0 || times == 0) return;
  for (std::size_t block = 0; block < state.there.size(); ++block) {
    if (state.there[block] || state.requests[block] > times) continue;
    seed* quickest = nullptr;
    for (auto& peer : m_seeds) {
      bool const asked = find_request(peer.requested, piece, static_cast<int>(block)) != peer.requested.end();
      if (!asked && queue_time(peer) < longest_queue && (!quickest || queue_time(peer) < queue_time(*quickest)))
        quickest = &peer;
    }
    if (!quickest) continue;
    send_request_again(*quickest, piece, static_cast<int>(block));
  }
}

// Patience runs from the last request for what nobody was asked for before.
void simulated_swarm::send_request_again(seed& to, int piece, int block) {
  auto& state = begin(piece);
  auto const last_requested = state.last_requested;
  send_request(to, piece, block);
  state.last_requested = last_requested;
}

void simulated_swarm::tick() {
  if (++m_ticks % ticks_a_second != 0) return;
  for (auto const& [piece, deadline] : m_deadlines)
    if (auto const state = m_pieces.find(piece); state != m_pieces.end() && deadline <= m_loop.now())
      ask_others_for(piece, state->second);
}

std::int64_t simulated_swarm::missing_bytes(int piece) const {
  auto const state = m_pieces.find(piece);
  if (state != m_pieces.end()) return std::int64_t{state->second.missing} * block_size_bytes;
  return m_there.count(piece) > 0 ? 0 : std::int64_t{m_blocks_in_piece} * block_size_bytes;
}

void simulated_swarm::forget(int piece) {
  m_pieces.erase(piece);
  m_there.erase(piece);
  m_priorities.erase(piece);
}

// ---- controls ----

std::vector<sender> simulated_swarm::senders() const {
  std::vector<sender> found;
  for (auto const& peer : m_seeds)
    found.push_back({peer.peer, peer.received_bytes, static_cast<int>(peer.requested.size())});
  return found;
}

void simulated_swarm::limit_requests(peer_handle const& peer, int fewest, int most) {
  auto* const limited = find(peer);
  if (!limited) return;
  limited->limit = most == 0 ? 0 : std::clamp(most, 2, 2000);
  limited->slow_start = std::max(limited->slow_start, fewest);
  ask(*limited);
}

std::vector<owed_block> simulated_swarm::owed_blocks(lt::piece_index_t piece) const {
  std::vector<owed_block> owed;
  for (auto const& peer : m_seeds) {
    int before_it = 0;
    for (auto const& r : peer.requested) {
      if (r.piece == static_cast<int>(piece)) owed.push_back({r.block, peer.peer, before_it});
      ++before_it;
    }
  }
  return owed;
}

// One that is to be asked for nothing is on parole (streaming_peer.hpp).
bool simulated_swarm::may_be_asked(peer_handle const& peer, lt::piece_index_t /*piece*/) const {
  auto const* const asked = find(peer);
  return asked && asked->limit > 0;
}

void simulated_swarm::request_as_well(peer_handle const& peer, lt::piece_index_t piece, int block) {
  if (auto* const asked = find(peer)) send_request_again(*asked, static_cast<int>(piece), block);
}

void simulated_swarm::prioritize(std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& priorities) {
  for (auto const& [index, priority] : priorities) {
    int const piece = static_cast<int>(index);
    if (priority == lt::dont_download || m_there.count(piece))
      m_priorities.erase(piece);
    else
      m_priorities[piece] = static_cast<std::uint8_t>(priority);
  }
  // As libtorrent: in a turn of its own (peer_connection::update_interest).
  m_loop.after(0s, [this] {
    for (auto& peer : m_seeds) ask(peer);
  });
}

void simulated_swarm::set_deadline(lt::piece_index_t index, int milliseconds_from_now) {
  int const piece = static_cast<int>(index);
  if (m_there.count(piece)) return;
  bool const is_first = m_deadlines.empty();
  m_deadlines[piece] = m_loop.now() + std::chrono::milliseconds(milliseconds_from_now);
  m_priorities[piece] = 7;
  if (is_first) cancel_all_but_due();
}

void simulated_swarm::reset_deadline(lt::piece_index_t index) {
  int const piece = static_cast<int>(index);
  if (m_deadlines.erase(piece) > 0 && m_priorities.count(piece)) m_priorities[piece] = 1;
}

} // namespace memtorrent::sim
