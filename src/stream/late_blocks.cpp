#include "stream/late_blocks.hpp"

#include "memtorrent/block_ref.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace memtorrent {

namespace {

using std::chrono::milliseconds;

// A second peer is asked for a block when
//
//   times_as_quick * (when it would bring the block) + well_before < (when the block is expected)
//
// The margin covers a round trip, and how rates vary. Without it good peers would be asked for each other's blocks. A
// block that comes twice takes time from the next piece (bench/stream_sim: without the factor 1.336 bytes are
// downloaded for each byte that is watched, with it 1.312).
constexpr int times_as_quick = 2;
constexpr milliseconds well_before(150);
// A peer that has sent nothing for this long is silent. A round trip takes less, and so do the pauses of peers that
// send in pulses.
constexpr milliseconds shortest_silence(300);
// A second peer is asked only if it would bring the block within this.
constexpr milliseconds longest_queue(1000);
// When a block is expected of a peer that chokes us. It rejects the request in a moment, or sends the block all the
// same (BEP 6, allowed fast).
constexpr milliseconds while_choked(1000);

milliseconds time_to_send(known_sender const& peer, int blocks) {
  return milliseconds(std::int64_t{blocks} * block_size_bytes * 1000 / peer.bytes_per_second);
}

/// When the last of `blocks` that a peer owes is expected. A peer that is silent is expected to stay so for as long
/// again.
milliseconds expected(known_sender const& peer, int blocks) {
  auto const silent = peer.silent > shortest_silence ? peer.silent : milliseconds(0);
  return peer.bytes_per_second > 0 ? std::max(time_to_send(peer, blocks), silent) : silent;
}

struct late_block {
  milliseconds expected = milliseconds::max();
  std::vector<peer_handle> asked;
};

} // namespace

std::vector<second_request> late_blocks(std::vector<owed_block> const& owed, std::vector<known_sender> const& senders) {
  std::map<peer_handle, known_sender const*> known;
  for (auto const& sender : senders) known.emplace(sender.peer, &sender);
  std::map<int, late_block> blocks;
  for (auto const& o : owed) {
    auto& block = blocks[o.block];
    block.asked.push_back(o.peer);
    if (o.is_given_up) continue;
    auto const peer = known.find(o.peer);
    block.expected =
        std::min(block.expected, peer == known.end() ? while_choked : expected(*peer->second, o.before_it + 1));
  }
  std::vector<std::pair<int, late_block>> latest_first(blocks.begin(), blocks.end());
  std::stable_sort(latest_first.begin(), latest_first.end(),
                   [](auto const& a, auto const& b) { return a.second.expected > b.second.expected; });

  std::vector<std::pair<known_sender const*, int>> quick; // with how many blocks it owes already
  for (auto const& peer : senders)
    if (peer.may_be_asked && peer.bytes_per_second > 0 && peer.silent <= shortest_silence)
      quick.emplace_back(&peer, peer.requested_blocks);
  auto const comes = [](auto const& candidate) { return time_to_send(*candidate.first, candidate.second + 1); };

  std::vector<second_request> requests;
  for (auto const& [number, block] : latest_first) {
    std::pair<known_sender const*, int>* quickest = nullptr;
    for (auto& candidate : quick) {
      bool const is_asked = std::count(block.asked.begin(), block.asked.end(), candidate.first->peer) > 0;
      if (!is_asked && (!quickest || comes(candidate) < comes(*quickest))) quickest = &candidate;
    }
    if (!quickest || comes(*quickest) > longest_queue ||
        times_as_quick * comes(*quickest) + well_before >= block.expected)
      continue;
    ++quickest->second;
    requests.push_back({quickest->first->peer, number});
  }
  return requests;
}

} // namespace memtorrent
