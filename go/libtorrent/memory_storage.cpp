#include "memory_storage.hpp"

#include "calls.h"

#include <exception>
#include <utility>

namespace memtorrent::go {

namespace {

piece_list pieces_of(std::vector<int> const& numbers) {
  piece_list pieces;
  pieces.reserve(numbers.size());
  for (int const number : numbers) pieces.emplace_back(number);
  return pieces;
}

} // namespace

void memory_storage::set_torrent_handle(lt::torrent_handle const& torrent) {
  std::weak_ptr<torrent_pieces> pieces = torrent_pieces::of(torrent);
  std::lock_guard const lock(m_mutex);
  m_pieces = std::move(pieces);
}

std::shared_ptr<torrent_pieces> memory_storage::pieces() const {
  std::lock_guard const lock(m_mutex);
  return m_pieces.lock();
}

bool memory_storage::is_in_memory() const {
  auto const pieces = this->pieces();
  return pieces && pieces->is_in_memory();
}

int memory_storage::read(char* out, int size_bytes, int piece, int offset) const {
  auto const pieces = this->pieces();
  return pieces ? pieces->read(lt::piece_index_t(piece), offset, {out, size_bytes}) : -1;
}

void memory_storage::set_memory_size(std::int64_t bytes) const {
  if (auto const pieces = this->pieces()) pieces->set_cap(bytes);
}

std::int64_t memory_storage::get_memory_size() const {
  auto const pieces = this->pieces();
  if (!pieces) return 0;
  std::int64_t const cap = pieces->cap_bytes();
  return cap > 0 ? cap : pieces->disk().stats().budget_bytes;
}

void memory_storage::update_reader_pieces(std::vector<int> const& pieces) const {
  if (auto const torrent = this->pieces()) torrent->set_reader_pieces(pieces_of(pieces));
}

void memory_storage::update_reserved_pieces(std::vector<int> const& pieces) const {
  if (auto const torrent = this->pieces()) torrent->set_reserved_pieces(pieces_of(pieces));
}

void memory_storage::set_lookbehind_pieces(std::vector<int> const& pieces) const {
  if (auto const torrent = this->pieces()) torrent->set_look_behind_pieces(pieces_of(pieces));
}

bool memory_storage::is_lookbehind_available(int piece) const {
  auto const pieces = this->pieces();
  return pieces && pieces->is_look_behind_available(lt::piece_index_t(piece));
}

look_behind_stats memory_storage::get_lookbehind_stats() const {
  auto const pieces = this->pieces();
  return pieces ? pieces->look_behind() : look_behind_stats();
}

std::int64_t get_memory_size() { return memory_disk_config().budget_bytes; }

} // namespace memtorrent::go

// No exception may cross into Go. What is left to be thrown is running out of memory: then the piece cannot be read
// now.
int memtorrent_go_read_piece(uintptr_t storage, char* out, int size_bytes, int piece, int offset) try {
  return reinterpret_cast<memtorrent::go::memory_storage const*>(storage)->read(out, size_bytes, piece, offset);
} catch (std::exception const&) {
  return -1;
}
