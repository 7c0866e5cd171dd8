// A swarm that does nothing but remember what it was told, as libtorrent would.

#pragma once

#include "stream/swarm_controls.hpp"

#include <map>
#include <utility>
#include <vector>

namespace memtorrent {

class told_swarm final : public swarm_controls {
 public:
  [[nodiscard]] std::vector<sender> senders() const override { return peers; }
  void limit_requests(peer_handle const& peer, int, int most) override { limits[peer] = most; }
  [[nodiscard]] std::vector<owed_block> owed_blocks(lt::piece_index_t piece) const override {
    auto const found = owed.find(static_cast<int>(piece));
    return found == owed.end() ? std::vector<owed_block>() : found->second;
  }
  [[nodiscard]] bool may_be_asked(peer_handle const&, lt::piece_index_t) const override { return true; }
  void cancel_what_has_come() override {}
  void request_as_well(peer_handle const& peer, lt::piece_index_t piece, int block) override {
    owed[static_cast<int>(piece)].push_back({block, peer, 0});
  }
  void prioritize(std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& told) override {
    for (auto const& [piece, priority] : told) {
      if (priority == lt::dont_download)
        priorities.erase(static_cast<int>(piece));
      else
        priorities[static_cast<int>(piece)] = static_cast<std::uint8_t>(priority);
    }
    calls += static_cast<int>(told.size());
  }
  void set_deadline(lt::piece_index_t piece, int milliseconds) override {
    deadlines[static_cast<int>(piece)] = milliseconds;
    ++calls;
  }
  void reset_deadline(lt::piece_index_t piece) override { deadlines.erase(static_cast<int>(piece)); }
  void set_sequential(bool order) override { in_order = order; }
  void set_patience(std::chrono::milliseconds p) override { patience = p; }

  std::vector<sender> peers;
  std::map<peer_handle, int> limits;
  std::map<int, std::vector<owed_block>> owed; // by piece
  std::map<int, int> priorities;
  std::map<int, int> deadlines;
  bool in_order = false;
  std::chrono::milliseconds patience{};
  int calls = 0;
};

} // namespace memtorrent
