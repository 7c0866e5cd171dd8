#include "stream/late_blocks.hpp"

#include "memtorrent/block_ref.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace memtorrent {

namespace {

using std::chrono::milliseconds;

// The second peer must be so many times as quick, and by so much, which covers a round trip and how rates vary. Else
// good peers would be asked for one another's blocks, and what comes twice takes the line's time from the next piece
// (bench/stream_sim: without the factor 1.336 bytes are downloaded for each that is watched, with it 1.312).
constexpr int times_as_quick = 2;
constexpr milliseconds well_before(150);
// A round trip, and what peers that send in pulses pause, is no silence.
constexpr milliseconds shortest_silence(300);
constexpr milliseconds longest_queue(1000); // of a peer that is asked
// One that chokes us sends what it allows nevertheless (BEP 6, allowed fast), or rejects it in a moment.
constexpr milliseconds while_choked(1000);

milliseconds time_to_send(known_sender const& peer, int blocks) {
  return milliseconds(std::int64_t{blocks} * block_size_bytes * 1000 / peer.bytes_per_second);
}

/// When what it owes will come.
milliseconds expected(known_sender const& peer, int blocks) {
  auto const silent = peer.silent > shortest_silence ? peer.silent : milliseconds(0);
  return peer.bytes_per_second > 0 ? std::max(time_to_send(peer, blocks), silent) : silent;
}

struct late_block {
  milliseconds expected = milliseconds::max();
  std::vector<void*> asked;
};

} // namespace

std::vector<second_request> late_blocks(std::vector<swarm_controls::owed_block> const& owed,
                                        std::vector<known_sender> const& senders) {
  std::map<void*, known_sender const*> by_id;
  for (auto const& peer : senders) by_id.emplace(peer.id, &peer);
  std::map<int, late_block> blocks;
  for (auto const& o : owed) {
    auto& block = blocks[o.block];
    block.asked.push_back(o.peer);
    if (o.is_given_up) continue;
    auto const peer = by_id.find(o.peer);
    block.expected =
        std::min(block.expected, peer == by_id.end() ? while_choked : expected(*peer->second, o.before_it + 1));
  }
  std::vector<std::pair<int, late_block>> latest_first(blocks.begin(), blocks.end());
  std::stable_sort(latest_first.begin(), latest_first.end(),
                   [](auto const& a, auto const& b) { return a.second.expected > b.second.expected; });

  std::vector<std::pair<known_sender const*, int>> quick; // with what it is to send first
  for (auto const& peer : senders)
    if (peer.may_be_asked && peer.bytes_per_second > 0 && peer.silent <= shortest_silence)
      quick.emplace_back(&peer, peer.requested_blocks);
  auto const comes = [](auto const& candidate) { return time_to_send(*candidate.first, candidate.second + 1); };

  std::vector<second_request> requests;
  for (auto const& [number, block] : latest_first) {
    std::pair<known_sender const*, int>* quickest = nullptr;
    for (auto& candidate : quick) {
      bool const is_asked = std::count(block.asked.begin(), block.asked.end(), candidate.first->id) > 0;
      if (!is_asked && (!quickest || comes(candidate) < comes(*quickest))) quickest = &candidate;
    }
    if (!quickest || comes(*quickest) > longest_queue ||
        times_as_quick * comes(*quickest) + well_before >= block.expected)
      continue;
    ++quickest->second;
    requests.push_back({quickest->first->id, number});
  }
  return requests;
}

} // namespace memtorrent
