#include "cache/memory_storage.hpp"

#include <algorithm>
#include <utility>

// How far the hashes of a piece are, and what of it a worker takes next.

namespace memtorrent {

int memory_storage::v2_blocks(lt::piece_index_t piece) const noexcept { return m_geometry.v2_blocks_in_piece(piece); }

int memory_storage::v1_left(piece_entry const& entry) const noexcept {
  return m_wants_v1 ? entry.in_order - entry.hash.v1_blocks() : 0;
}

int memory_storage::v2_left(piece_entry const& entry) const noexcept {
  return m_wants_v2 ? entry.v2_there - entry.hash.v2_blocks() : 0;
}

// Counts only while a worker has the piece. Without a worker it waits for more blocks, which may never come.
void memory_storage::count_unhashed(piece_entry& entry) {
  int const now = entry.with_worker ? std::max(v1_left(entry), v2_left(entry)) : 0;
  if (now == entry.unhashed_counted) return;
  m_arena->add_unhashed(std::int64_t{now - entry.unhashed_counted} * block_size_bytes);
  entry.unhashed_counted = now;
}

// After a failed hash all blocks of a v1 piece are overwritten, one by one. Hashing early would hash most of the piece
// many times over.
void memory_storage::block_rewritten(piece_entry& entry, int block) {
  entry.hash_early = false;
  if (entry.with_worker || block < entry.in_order || entry.hash.has_v2(block)) entry.hash.restart();
  count_unhashed(entry);
}

std::uint64_t memory_storage::begin_hashing(lt::piece_index_t piece, int least_blocks) {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry* const entry = find(in, piece);
  if (!entry || entry->with_worker || !(entry->hash_early || entry->hash_requests > 0)) return 0;
  int const left = std::max(v1_left(*entry), v2_left(*entry));
  bool const these_are_the_last = entry->in_order == m_geometry.blocks_in_piece(piece);
  if (left == 0 || (left < least_blocks && !these_are_the_last)) return 0;
  entry->with_worker = true;
  count_unhashed(*entry);
  return entry->generation;
}

std::optional<hash_run> memory_storage::take_hash_run(lt::piece_index_t piece, std::uint64_t generation,
                                                      int most_blocks) {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry* const entry = find(in, piece);
  if (!entry || entry->generation != generation) return std::nullopt;

  hash_run run;
  run.piece = piece;
  run.generation = generation;
  entry->hash.lend_to(run);
  auto const first = entry->blocks.begin() + entry->hash.v1_blocks();
  run.v1.assign(first, first + std::min(v1_left(*entry), most_blocks));
  if (v2_left(*entry) > 0)
    for (int block = 0; block < v2_blocks(piece) && static_cast<int>(run.v2.size()) < most_blocks; ++block)
      if (auto const& there = entry->blocks[static_cast<std::size_t>(block)]; there && !entry->hash.has_v2(block))
        run.v2.emplace_back(block, there);

  if (!run.v1.empty() || !run.v2.empty()) return run;
  entry->with_worker = false;
  count_unhashed(*entry);
  return std::nullopt;
}

void memory_storage::return_hash_run(hash_run const& run) {
  shard& in = shard_of(run.piece);
  locked const lock(in.mutex);
  piece_entry* const entry = find(in, run.piece);
  if (!entry || entry->generation != run.generation || entry->hash.restarts() != run.restarts) return;
  entry->hash.take_back(run, v2_blocks(run.piece));
  count_unhashed(*entry);
}

memory_storage::hash_state memory_storage::state_of(piece_entry const& entry, lt::piece_index_t piece,
                                                    hash_kinds kinds) const {
  int const blocks = m_geometry.blocks_in_piece(piece);
  if (entry.in_order < blocks) return hash_state::incomplete;
  bool const has_v1 = !kinds.v1 || entry.hash.v1_blocks() == blocks;
  bool const has_v2 = !kinds.v2 || entry.hash.v2_blocks() == v2_blocks(piece);
  return has_v1 && has_v2 ? hash_state::ready : hash_state::working;
}

memory_storage::hash_state memory_storage::request_hash(lt::piece_index_t piece, hash_kinds kinds) {
  if (kinds.v1) m_wants_v1 = true;
  bool is_new = false;
  hash_state state = hash_state::incomplete;
  {
    shard& in = shard_of(piece);
    locked const lock(in.mutex);
    piece_entry* entry = find(in, piece);
    // No block of a piece that is all pad ever arrives.
    is_new = !entry && is_all_pad(piece);
    if (is_new) entry = &add(in, piece);
    if (entry) state = state_of(*entry, piece, kinds);
    if (state != hash_state::incomplete) ++entry->hash_requests;
  }
  if (is_new) m_order.add(piece);
  return state;
}

memory_storage::hash_state memory_storage::requested_hash(lt::piece_index_t piece, hash_kinds kinds) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry ? state_of(*entry, piece, kinds) : hash_state::incomplete;
}

lt::sha1_hash memory_storage::read_hash(lt::piece_index_t piece, hash_kinds kinds, lt::span<lt::sha256_hash> v2) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const& entry = *find(in, piece);
  if (!v2.empty())
    for (int block = 0; block < v2_blocks(piece); ++block) v2[block] = entry.hash.v2(block);
  return kinds.v1 ? entry.hash.v1() : lt::sha1_hash();
}

void memory_storage::count_block_hash(lt::piece_index_t piece, int change) {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  if (piece_entry* const entry = find(in, piece)) entry->block_hashes = std::max(entry->block_hashes + change, 0);
}

bool memory_storage::is_being_hashed(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry && entry->hash_requests + entry->block_hashes > 0;
}

void memory_storage::release_hash(lt::piece_index_t piece) {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  if (piece_entry* const entry = find(in, piece); entry && entry->hash_requests > 0) --entry->hash_requests;
}

bool memory_storage::is_hash_requested(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry && entry->hash_requests > 0;
}

std::optional<lt::sha256_hash> memory_storage::block_hash(lt::piece_index_t piece, int block) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  if (!entry || !entry->hash.has_v2(block)) return std::nullopt;
  return entry->hash.v2(block);
}

} // namespace memtorrent
