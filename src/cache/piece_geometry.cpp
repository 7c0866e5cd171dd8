#include "cache/piece_geometry.hpp"

#include <algorithm>
#include <cstring>

namespace memtorrent {

piece_geometry::piece_geometry(lt::file_storage const& files)
    : m_piece_length(files.piece_length()), m_num_pieces(files.num_pieces()), m_total_bytes(files.total_size()) {
  for (auto const file : files.file_range())
    if (files.pad_file_at(file) && files.file_size(file) > 0)
      m_pads.push_back({files.file_offset(file), files.file_offset(file) + files.file_size(file)});

  if (!files.v2()) return;
  m_v2_piece_bytes.reserve(static_cast<std::size_t>(m_num_pieces));
  for (auto const piece : files.piece_range()) m_v2_piece_bytes.push_back(files.piece_size2(piece));
}

std::int64_t piece_geometry::resident_bytes() const noexcept {
  if (m_num_pieces == 0) return 0;
  return (m_num_pieces - 1) * resident_bytes(lt::piece_index_t(0)) +
         resident_bytes(lt::piece_index_t(m_num_pieces - 1));
}

std::int64_t piece_geometry::largest_piece_resident_bytes() const noexcept {
  return std::min(whole_block_bytes(m_piece_length), resident_bytes());
}

int piece_geometry::piece_bytes(lt::piece_index_t piece) const noexcept {
  return static_cast<int>(std::min<std::int64_t>(m_piece_length, m_total_bytes - offset_of(piece)));
}

int piece_geometry::blocks_in_piece(lt::piece_index_t piece) const noexcept {
  return static_cast<int>(blocks_in(piece_bytes(piece)));
}

int piece_geometry::block_bytes(lt::piece_index_t piece, int block) const noexcept {
  return std::min(block_size_bytes, piece_bytes(piece) - block * block_size_bytes);
}

int piece_geometry::v2_piece_bytes(lt::piece_index_t piece) const noexcept {
  return m_v2_piece_bytes.empty() ? 0 : m_v2_piece_bytes[static_cast<std::size_t>(static_cast<int>(piece))];
}

namespace {

auto first_pad_ending_after(std::vector<byte_range> const& pads, std::int64_t offset) {
  return std::upper_bound(pads.begin(), pads.end(), offset,
                          [](std::int64_t o, byte_range const& pad) { return o < pad.end; });
}

} // namespace

bool piece_geometry::is_pad_block(lt::piece_index_t piece, int block) const noexcept {
  std::int64_t begin = offset_of(piece) + std::int64_t{block} * block_size_bytes;
  std::int64_t const end = begin + block_bytes(piece, block);
  for (auto pad = first_pad_ending_after(m_pads, begin); pad != m_pads.end() && pad->begin <= begin; ++pad) {
    begin = pad->end;
    if (begin >= end) return true;
  }
  return false;
}

void piece_geometry::clear_pads(lt::piece_index_t piece, int block, char* data) const noexcept {
  std::int64_t const begin = offset_of(piece) + std::int64_t{block} * block_size_bytes;
  int const size = block_bytes(piece, block);
  std::memset(data + size, 0, static_cast<std::size_t>(block_size_bytes - size));
  for (auto pad = first_pad_ending_after(m_pads, begin); pad != m_pads.end() && pad->begin < begin + size; ++pad) {
    std::int64_t const from = std::max(pad->begin, begin);
    std::int64_t const to = std::min(pad->end, begin + size);
    std::memset(data + (from - begin), 0, static_cast<std::size_t>(to - from));
  }
}

} // namespace memtorrent
