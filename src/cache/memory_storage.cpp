#include "cache/memory_storage.hpp"

#include "cache/zero_block.hpp"
#include "precondition.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

// Blocks: what is there, who sees it, and how it goes. Hashes: memory_storage_hashes.cpp.

namespace memtorrent {

memory_storage::memory_storage(piece_geometry geometry, std::shared_ptr<block_arena> arena)
    : m_geometry(std::move(geometry)),
      m_arena(std::move(arena)),
      m_wants_v1(!m_geometry.is_v2()),
      m_wants_v2(m_geometry.is_v2()),
      m_order(m_geometry.piece_length_bytes(), [this](lt::piece_index_t piece) { return last_use(piece); }) {
  auto const pieces = static_cast<std::size_t>(m_geometry.num_pieces());
  for (auto& s : m_shards) {
    locked const lock(s.mutex);
    s.pieces.resize((pieces + num_shards - 1) / num_shards);
  }
}

memory_storage::~memory_storage() { evict_all(); }

memory_storage::shard& memory_storage::shard_of(lt::piece_index_t piece) const noexcept {
  return m_shards[static_cast<std::size_t>(static_cast<int>(piece)) % num_shards];
}

std::unique_ptr<memory_storage::piece_entry>& memory_storage::slot_of(shard& in, lt::piece_index_t piece) {
  return in.pieces[static_cast<std::size_t>(static_cast<int>(piece)) / num_shards];
}

memory_storage::piece_entry* memory_storage::find(shard& in, lt::piece_index_t piece) {
  return slot_of(in, piece).get();
}

memory_storage::piece_entry& memory_storage::add(shard& in, lt::piece_index_t piece) {
  auto& slot = slot_of(in, piece);
  slot = std::make_unique<piece_entry>();
  slot->blocks.resize(static_cast<std::size_t>(m_geometry.blocks_in_piece(piece)));
  slot->generation = ++m_last_generation;
  advance_in_order(*slot, piece);
  return *slot;
}

std::unique_ptr<memory_storage::piece_entry> memory_storage::take(lt::piece_index_t piece) {
  m_order.remove(piece);
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  auto entry = std::move(slot_of(in, piece));
  if (entry) {
    entry->with_worker = false;
    count_unhashed(*entry);
  }
  return entry;
}

// ---- writing ----

std::uint64_t memory_storage::write(lt::piece_index_t piece, int offset, lt::span<char const> data) {
  int const block = offset / block_size_bytes;
  MEMTORRENT_REQUIRE(offset % block_size_bytes == 0 && data.size() <= m_geometry.block_bytes(piece, block));
  auto const store = [&](block_ref const& to) {
    std::memcpy(to.data(), data.data(), static_cast<std::size_t>(data.size()));
    m_geometry.clear_pads(piece, block, to.data());
  };

  shard& in = shard_of(piece);
  {
    locked const lock(in.mutex);
    if (piece_entry* const entry = find(in, piece)) {
      block_ref const& present = entry->blocks[static_cast<std::size_t>(block)];
      if (present && (entry->passed || entry->hash_requests > 0)) return entry->generation; // others may read it
      if (present && present.is_sole()) {
        store(present);
        block_rewritten(*entry, block);
        return entry->generation;
      }
    }
  }

  // Only the network thread writes, so the copy can be made before anybody sees the block, without the lock.
  block_ref fresh = m_arena->allocate(m_account);
  if (!fresh) return 0;
  store(fresh);

  bool is_new = false;
  std::uint64_t generation = 0;
  {
    locked const lock(in.mutex);
    is_new = find(in, piece) == nullptr;
    piece_entry& entry = is_new ? add(in, piece) : *find(in, piece);
    std::swap(entry.blocks[static_cast<std::size_t>(block)], fresh); // the old block is freed after the lock
    entry.last_use = m_arena->tick();
    if (fresh)
      block_rewritten(entry, block);
    else
      block_arrived(entry, piece, block);
    generation = entry.generation;
  }
  if (is_new) m_order.add(piece);
  return generation;
}

block_ref memory_storage::replace(lt::piece_index_t piece, int block, block_ref version) {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry* const entry = find(in, piece);
  if (!entry || entry->passed || !entry->blocks[static_cast<std::size_t>(block)]) return {};
  std::swap(entry->blocks[static_cast<std::size_t>(block)], version);
  block_rewritten(*entry, block);
  return version;
}

void memory_storage::block_arrived(piece_entry& entry, lt::piece_index_t piece, int block) {
  if (block < v2_blocks(piece)) ++entry.v2_there;
  if (block == entry.in_order) advance_in_order(entry, piece);
  count_unhashed(entry);
}

void memory_storage::advance_in_order(piece_entry& entry, lt::piece_index_t piece) const {
  auto const blocks = static_cast<int>(entry.blocks.size());
  while (entry.in_order < blocks &&
         (entry.blocks[static_cast<std::size_t>(entry.in_order)] || m_geometry.is_pad_block(piece, entry.in_order)))
    ++entry.in_order;
}

// ---- reading ----

std::uint64_t memory_storage::generation(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry ? entry->generation : 0;
}

std::int64_t memory_storage::last_use(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry ? entry->last_use : 0;
}

std::optional<block_slice> memory_storage::slice(lt::piece_index_t piece, int offset, int size_bytes) {
  MEMTORRENT_REQUIRE(size_bytes >= 0 && offset % block_size_bytes + size_bytes <= block_size_bytes);
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry* const entry = find(in, piece);
  if (!entry) return std::nullopt;
  block_ref const& block = entry->blocks[static_cast<std::size_t>(offset / block_size_bytes)];
  if (!block) return std::nullopt;
  entry->last_use = m_arena->tick();
  return block_slice{block, block.data() + offset % block_size_bytes, size_bytes};
}

bool memory_storage::holds(lt::piece_index_t piece, int offset, int size_bytes) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  for (int block = offset / block_size_bytes; block <= (offset + size_bytes - 1) / block_size_bytes; ++block)
    if (!(entry && entry->blocks[static_cast<std::size_t>(block)]) && !m_geometry.is_pad_block(piece, block))
      return false;
  return true;
}

bool memory_storage::copy(lt::piece_index_t piece, int offset, lt::span<char> out) {
  while (!out.empty()) {
    auto const in_block = std::min<std::ptrdiff_t>(out.size(), block_size_bytes - offset % block_size_bytes);
    auto const size = static_cast<std::size_t>(in_block);
    if (auto const bytes = slice(piece, offset, static_cast<int>(in_block)))
      std::memcpy(out.data(), bytes->data, size);
    else if (m_geometry.is_pad_block(piece, offset / block_size_bytes))
      std::memset(out.data(), 0, size);
    else
      return false;
    offset += static_cast<int>(in_block);
    out = out.subspan(in_block);
  }
  return true;
}

file_bytes memory_storage::read_passed(std::int64_t offset, std::int64_t max_bytes) {
  file_bytes bytes;
  std::int64_t const now = m_arena->tick();
  std::int64_t const end = std::min(offset + max_bytes, m_geometry.total_bytes());
  while (offset < end) {
    auto const piece = m_geometry.piece_at(offset);
    std::int64_t const piece_begin = m_geometry.offset_of(piece);
    std::int64_t const piece_end = std::min(piece_begin + m_geometry.piece_bytes(piece), end);
    shard& in = shard_of(piece);
    locked const lock(in.mutex);
    piece_entry* const entry = find(in, piece);
    // Nothing is ever written of a piece that is all pad.
    if (entry ? !entry->passed : !is_all_pad(piece)) break;
    if (entry) entry->last_use = now;
    while (offset < piece_end) {
      int const in_piece = static_cast<int>(offset - piece_begin);
      int const index = in_piece / block_size_bytes;
      int const in_block = in_piece % block_size_bytes;
      auto block = entry ? entry->blocks[static_cast<std::size_t>(index)] : block_ref();
      if (!block && !m_geometry.is_pad_block(piece, index)) return bytes;
      char const* const data = (block ? block.data() : zero_block.data()) + in_block;
      int const size =
          static_cast<int>(std::min<std::int64_t>(piece_end - offset, m_geometry.block_bytes(piece, index) - in_block));
      bytes.push_back({std::move(block), data, size});
      offset += size;
    }
  }
  return bytes;
}

void memory_storage::mark_passed(lt::piece_index_t piece) {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  if (piece_entry* const entry = find(in, piece)) entry->passed = true;
}

bool memory_storage::has_passed(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry && entry->passed;
}

bool memory_storage::is_all_pad(lt::piece_index_t piece) const {
  for (int block = 0; block < m_geometry.blocks_in_piece(piece); ++block)
    if (!m_geometry.is_pad_block(piece, block)) return false;
  return true;
}

bool memory_storage::is_complete(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry ? entry->in_order == m_geometry.blocks_in_piece(piece) : is_all_pad(piece);
}

int memory_storage::blocks_there(lt::piece_index_t piece) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  if (!entry) return 0;
  return static_cast<int>(
      std::count_if(entry->blocks.begin(), entry->blocks.end(), [](auto const& block) { return bool(block); }));
}

// ---- letting go ----

// A piece is destroyed with no lock held, because freeing its blocks may wake whoever waits for space.

void memory_storage::evict(lt::piece_index_t piece) { take(piece); }

void memory_storage::evict_all() {
  for (auto const piece : m_order.pieces()) take(piece);
}

void memory_storage::begin_recheck() {
  for (auto const piece : m_order.pieces()) {
    if (!is_complete(piece)) {
      take(piece);
      continue;
    }
    shard& in = shard_of(piece);
    locked const lock(in.mutex);
    piece_entry& entry = *find(in, piece);
    entry.passed = false;
    entry.hash_early = false; // the check asks for each hash anyway, in order
    entry.hash.restart();
    count_unhashed(entry);
  }
}

bool memory_storage::can_go(lt::piece_index_t piece, bool watch) const {
  shard& in = shard_of(piece);
  locked const lock(in.mutex);
  piece_entry const* const entry = find(in, piece);
  return entry && entry->hash_requests == 0 &&
         std::any_of(entry->blocks.begin(), entry->blocks.end(),
                     [watch](block_ref const& b) { return b && (watch ? b.watch_for_sole() : b.is_sole()); });
}

piece_rank memory_storage::rank(lt::piece_index_t piece) const { return m_order.rank(piece, m_arena->tick()); }

} // namespace memtorrent
