#include "cache/memory_storage.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace memtorrent {

namespace {

std::size_t index_of(lt::piece_index_t piece) { return static_cast<std::size_t>(static_cast<int>(piece)); }

} // namespace

memory_storage::memory_storage(piece_geometry geometry, std::shared_ptr<block_arena> arena)
    : m_geometry(std::move(geometry)),
      m_arena(std::move(arena)),
      m_pieces(static_cast<std::size_t>(m_geometry.num_pieces())) {}

memory_storage::piece_entry* memory_storage::find(lt::piece_index_t piece) const {
  return m_pieces[index_of(piece)].get();
}

memory_storage::piece_entry& memory_storage::find_or_add(lt::piece_index_t piece) {
  auto& entry = m_pieces[index_of(piece)];
  if (!entry) {
    entry = std::make_unique<piece_entry>();
    entry->blocks.resize(static_cast<std::size_t>(m_geometry.blocks_in_piece(piece)));
    entry->generation = ++m_last_generation;
    entry->resident_index = m_resident.size();
    m_resident.push_back(piece);
  }
  return *entry;
}

std::unique_ptr<memory_storage::piece_entry> memory_storage::take(lt::piece_index_t piece) {
  auto entry = std::move(m_pieces[index_of(piece)]);
  if (!entry) return nullptr;
  lt::piece_index_t const last = m_resident.back();
  m_resident[entry->resident_index] = last;
  m_resident.pop_back();
  if (last != piece) m_pieces[index_of(last)]->resident_index = entry->resident_index;
  return entry;
}

bool memory_storage::write(lt::piece_index_t piece, int offset, lt::span<char const> data) {
  int const block = offset / block_size_bytes;
  auto const store = [&](block_ref const& to) {
    std::memcpy(to.data(), data.data(), static_cast<std::size_t>(data.size()));
    m_geometry.clear_pads(piece, block, to.data());
  };

  {
    locked const lock(m_mutex);
    piece_entry* const entry = find(piece);
    if (entry) {
      block_ref const& present = entry->blocks[static_cast<std::size_t>(block)];
      if (present && (entry->passed || entry->hash_jobs > 0)) return true; // what was hashed is what readers get
      if (present && present.is_sole()) {
        store(present);
        return true;
      }
    }
  }

  // Only the network thread writes, so the copy can be made before anybody sees the block, without the lock.
  block_ref fresh = m_arena->allocate();
  if (!fresh) return false;
  store(fresh);

  locked const lock(m_mutex);
  piece_entry& entry = find_or_add(piece);
  block_ref& slot = entry.blocks[static_cast<std::size_t>(block)];
  if (!slot) ++entry.blocks_present;
  std::swap(slot, fresh); // what was there goes after the lock
  entry.last_use = m_arena->tick();
  return true;
}

std::uint64_t memory_storage::generation(lt::piece_index_t piece) const {
  locked const lock(m_mutex);
  piece_entry const* const entry = find(piece);
  return entry ? entry->generation : 0;
}

std::optional<block_slice> memory_storage::slice(lt::piece_index_t piece, int offset, int size_bytes) {
  locked const lock(m_mutex);
  piece_entry* const entry = find(piece);
  if (!entry) return std::nullopt;
  block_ref const& block = entry->blocks[static_cast<std::size_t>(offset / block_size_bytes)];
  if (!block) return std::nullopt;
  entry->last_use = m_arena->tick();
  return block_slice{block, block.data() + offset % block_size_bytes, size_bytes};
}

bool memory_storage::holds(lt::piece_index_t piece, int offset, int size_bytes) const {
  locked const lock(m_mutex);
  piece_entry const* const entry = find(piece);
  for (int block = offset / block_size_bytes; block <= (offset + size_bytes - 1) / block_size_bytes; ++block)
    if (!(entry && entry->blocks[static_cast<std::size_t>(block)]) && !m_geometry.is_pad_block(piece, block))
      return false;
  return true;
}

bool memory_storage::copy_block(piece_entry const* entry, lt::piece_index_t piece, int offset,
                                lt::span<char> out) const {
  int const index = offset / block_size_bytes;
  block_ref const block = entry ? entry->blocks[static_cast<std::size_t>(index)] : block_ref();
  auto const size = static_cast<std::size_t>(out.size());
  if (block)
    std::memcpy(out.data(), block.data() + offset % block_size_bytes, size);
  else if (m_geometry.is_pad_block(piece, index))
    std::memset(out.data(), 0, size);
  else
    return false;
  return true;
}

bool memory_storage::copy(lt::piece_index_t piece, int offset, lt::span<char> out) {
  locked const lock(m_mutex);
  piece_entry* const entry = find(piece);
  if (entry) entry->last_use = m_arena->tick();
  while (!out.empty()) {
    auto const in_block = std::min<std::ptrdiff_t>(out.size(), block_size_bytes - offset % block_size_bytes);
    if (!copy_block(entry, piece, offset, out.first(in_block))) return false;
    offset += static_cast<int>(in_block);
    out = out.subspan(in_block);
  }
  return true;
}

file_bytes memory_storage::read_passed(std::int64_t offset, std::int64_t max_bytes) {
  file_bytes bytes;
  locked const lock(m_mutex);
  while (max_bytes > 0 && offset < m_geometry.total_bytes()) {
    auto const piece = m_geometry.piece_at(offset);
    piece_entry* const entry = find(piece);
    if (!entry || !entry->passed) break;

    int const in_piece = static_cast<int>(offset - m_geometry.offset_of(piece));
    int const index = in_piece / block_size_bytes;
    block_ref const& block = entry->blocks[static_cast<std::size_t>(index)];
    if (!block) break; // a pad block: no file of a player's begins or goes on there
    int const in_block = in_piece % block_size_bytes;
    int const size =
        static_cast<int>(std::min<std::int64_t>(max_bytes, m_geometry.block_bytes(piece, index) - in_block));
    bytes.push_back({block, block.data() + in_block, size});
    entry->last_use = m_arena->tick();
    offset += size;
    max_bytes -= size;
  }
  return bytes;
}

std::optional<std::vector<block_ref>> memory_storage::hold_for_hashing(lt::piece_index_t piece) {
  locked const lock(m_mutex);
  piece_entry* const entry = find(piece);
  if (!entry) {
    // A piece that is all pad has nothing to keep in RAM.
    if (!is_all_pad(piece)) return std::nullopt;
    return std::vector<block_ref>(static_cast<std::size_t>(m_geometry.blocks_in_piece(piece)));
  }
  if (!is_complete(*entry, piece)) return std::nullopt;
  ++entry->hash_jobs;
  return entry->blocks;
}

void memory_storage::release_hashed(lt::piece_index_t piece) {
  locked const lock(m_mutex);
  if (piece_entry* const entry = find(piece); entry && entry->hash_jobs > 0) --entry->hash_jobs;
}

bool memory_storage::is_being_hashed(lt::piece_index_t piece) const {
  locked const lock(m_mutex);
  piece_entry const* const entry = find(piece);
  return entry && entry->hash_jobs > 0;
}

void memory_storage::mark_passed(lt::piece_index_t piece) {
  locked const lock(m_mutex);
  if (piece_entry* const entry = find(piece)) entry->passed = true;
}

bool memory_storage::has_passed(lt::piece_index_t piece) const {
  locked const lock(m_mutex);
  piece_entry const* const entry = find(piece);
  return entry && entry->passed;
}

bool memory_storage::is_all_pad(lt::piece_index_t piece) const {
  for (int block = 0; block < m_geometry.blocks_in_piece(piece); ++block)
    if (!m_geometry.is_pad_block(piece, block)) return false;
  return true;
}

bool memory_storage::is_complete(piece_entry const& entry, lt::piece_index_t piece) const {
  int const blocks = m_geometry.blocks_in_piece(piece);
  if (entry.blocks_present == blocks) return true;
  for (int block = 0; block < blocks; ++block)
    if (!entry.blocks[static_cast<std::size_t>(block)] && !m_geometry.is_pad_block(piece, block)) return false;
  return true;
}

bool memory_storage::is_complete(lt::piece_index_t piece) const {
  locked const lock(m_mutex);
  piece_entry const* const entry = find(piece);
  return entry ? is_complete(*entry, piece) : is_all_pad(piece);
}

void memory_storage::evict(lt::piece_index_t piece) {
  // The blocks go after the lock: freeing them may wake whoever waits for room.
  std::unique_ptr<piece_entry> evicted;
  locked const lock(m_mutex);
  evicted = take(piece);
}

void memory_storage::evict_all() {
  std::vector<std::unique_ptr<piece_entry>> evicted;
  locked const lock(m_mutex);
  while (!m_resident.empty()) evicted.push_back(take(m_resident.back()));
}

void memory_storage::begin_recheck() {
  std::vector<std::unique_ptr<piece_entry>> incomplete;
  locked const lock(m_mutex);
  auto const resident = m_resident;
  for (auto const piece : resident) {
    piece_entry* const entry = find(piece);
    entry->passed = false;
    if (!is_complete(*entry, piece)) incomplete.push_back(take(piece));
  }
}

piece_rank memory_storage::rank(piece_entry const& entry, lt::piece_index_t piece) const {
  return rank_piece(piece, m_geometry.piece_length_bytes(), m_windows, entry.last_use);
}

piece_rank memory_storage::rank(lt::piece_index_t piece) const {
  locked const lock(m_mutex);
  // What is only arriving is as recent as can be.
  return rank_piece(piece, m_geometry.piece_length_bytes(), m_windows, m_arena->tick());
}

std::vector<memory_storage::candidate> memory_storage::eviction_candidates() const {
  std::vector<candidate> candidates;
  locked const lock(m_mutex);
  for (auto const piece : m_resident) {
    piece_entry const& entry = *find(piece);
    if (entry.hash_jobs > 0) continue;
    bool const frees_something =
        std::any_of(entry.blocks.begin(), entry.blocks.end(), [](block_ref const& b) { return b && b.is_sole(); });
    if (frees_something) candidates.push_back({piece, rank(entry, piece)});
  }
  return candidates;
}

std::vector<lt::piece_index_t> memory_storage::resident_pieces() const {
  locked const lock(m_mutex);
  return m_resident;
}

void memory_storage::set_windows(std::vector<play_window> windows) {
  locked const lock(m_mutex);
  m_windows = std::move(windows);
}

void memory_storage::set_listener(std::weak_ptr<piece_listener> listener) {
  locked const lock(m_mutex);
  m_listener = std::move(listener);
}

std::shared_ptr<piece_listener> memory_storage::listener() const {
  locked const lock(m_mutex);
  return m_listener.lock();
}

} // namespace memtorrent
