#include "cache/piece_hash.hpp"

#include "cache/zero_block.hpp"

#include <algorithm>

namespace memtorrent {

namespace {

char const* data_of(block_ref const& block) { return block ? block.data() : zero_block.data(); }

} // namespace

void hash_run::work(piece_geometry const& geometry) {
  for (auto const& block : v1) sha1.update({data_of(block), geometry.block_bytes(piece, next_v1++)});
  v2_hashes.reserve(v2.size());
  for (auto const& [number, block] : v2) {
    int const bytes = std::min(block_size_bytes, geometry.v2_piece_bytes(piece) - number * block_size_bytes);
    v2_hashes.push_back(lt::hasher256(data_of(block), bytes).final());
  }
  v1.clear();
  for (auto& of_block : v2) of_block.second = {};
}

lt::sha1_hash piece_hash::v1() const {
  lt::hasher copy = m_sha1;
  return copy.final();
}

void piece_hash::restart() {
  m_sha1.reset();
  m_v1_blocks = 0;
  m_v2_count = 0;
  m_v2_done.clear();
  m_v2.clear();
  ++m_restarts;
}

void piece_hash::lend_to(hash_run& run) const {
  run.restarts = m_restarts;
  run.sha1 = m_sha1;
  run.next_v1 = m_v1_blocks;
}

void piece_hash::take_back(hash_run const& run, int v2_blocks_in_piece) {
  MEMTORRENT_REQUIRE(run.restarts == m_restarts);
  m_sha1 = run.sha1;
  m_v1_blocks = run.next_v1;
  if (run.v2.empty()) return;
  m_v2_done.resize(static_cast<std::size_t>(v2_blocks_in_piece));
  m_v2.resize(static_cast<std::size_t>(v2_blocks_in_piece));
  for (std::size_t i = 0; i < run.v2.size(); ++i) {
    auto const block = static_cast<std::size_t>(run.v2[i].first);
    if (!m_v2_done[block]) ++m_v2_count;
    m_v2_done[block] = true;
    m_v2[block] = run.v2_hashes[i];
  }
}

} // namespace memtorrent
