#include "stream/late_blocks.hpp"

#include "memtorrent/block_ref.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace memtorrent {

namespace {

using std::chrono::milliseconds;

// The second peer must be twice as quick, and by this, which covers a round trip and how rates vary. Else good peers
// would be asked for one another's blocks, and what comes twice takes the line's time from the next piece (bench/
// stream_sim: without the factor 1.336 bytes are downloaded for each that is watched, with it 1.312).
constexpr milliseconds well_before(150);

/// When the peer will have sent so many blocks.
milliseconds expected(known_sender const& peer, int blocks) {
  if (peer.bytes_per_second <= 0) return peer.silent;
  return std::max(milliseconds(std::int64_t{blocks} * block_size_bytes * 1000 / peer.bytes_per_second), peer.silent);
}

struct late_block {
  milliseconds expected;
  int block;
  std::vector<void*> asked;
};

} // namespace

std::vector<second_request> late_blocks(std::vector<swarm_controls::owed_block> const& owed,
                                        std::vector<known_sender> senders) {
  std::map<int, late_block> by_block;
  for (auto const& o : owed) {
    auto const peer = std::find_if(senders.begin(), senders.end(), [&](auto const& s) { return s.id == o.peer; });
    // One that has choked us meanwhile will not send.
    auto const comes = peer == senders.end() ? milliseconds::max() : expected(*peer, o.before_it + 1);
    auto& block = by_block.try_emplace(o.block, late_block{comes, o.block, {}}).first->second;
    block.expected = std::min(block.expected, comes);
    block.asked.push_back(o.peer);
  }
  std::vector<late_block> latest_first;
  for (auto& [number, block] : by_block) latest_first.push_back(std::move(block));
  std::stable_sort(latest_first.begin(), latest_first.end(),
                   [](auto const& a, auto const& b) { return a.expected > b.expected; });

  std::vector<second_request> requests;
  for (auto const& block : latest_first) {
    known_sender* quickest = nullptr;
    for (auto& peer : senders) {
      bool const is_asked = std::find(block.asked.begin(), block.asked.end(), peer.id) != block.asked.end();
      if (is_asked || peer.bytes_per_second <= 0) continue;
      if (!quickest || expected(peer, peer.requested_blocks + 1) < expected(*quickest, quickest->requested_blocks + 1))
        quickest = &peer;
    }
    if (!quickest || 2 * expected(*quickest, quickest->requested_blocks + 1) + well_before >= block.expected) continue;
    ++quickest->requested_blocks;
    requests.push_back({quickest->id, block.block});
  }
  return requests;
}

} // namespace memtorrent
