#include "support/layout.hpp"

#include "memtorrent/block_ref.hpp"

#include <libtorrent/create_torrent.hpp>
#include <libtorrent/hasher.hpp>
#include <libtorrent/torrent_info.hpp>

#include <algorithm>
#include <random>
#include <string>

namespace memtorrent::test {

namespace {

// libtorrent puts the pads in and says what is v2; the hashes need only be there.
lt::file_storage aligned_layout(int piece_length_bytes, std::vector<std::int64_t> const& file_sizes_bytes,
                                lt::create_flags_t flags) {
  lt::file_storage files;
  for (auto const size : file_sizes_bytes) files.add_file("layout/" + std::to_string(files.num_files()), size);
  lt::create_torrent torrent(files, piece_length_bytes, flags);
  if (!torrent.is_v2_only())
    for (auto const piece : torrent.piece_range()) torrent.set_hash(piece, lt::sha1_hash(std::string(20, '1').c_str()));
  for (auto const file : torrent.file_range()) {
    if (torrent.files().pad_file_at(file)) continue;
    for (auto const piece : torrent.file_piece_range(file))
      torrent.set_hash2(file, piece, lt::sha256_hash(std::string(32, '2').c_str()));
  }
  lt::torrent_info const info(torrent.generate_buf(), lt::from_span);
  auto layout = info.files();
  // The names lie in the torrent_info, until a file is given one of its own.
  for (auto const file : layout.file_range()) layout.rename_file(file, info.files().file_path(file));
  return layout;
}

} // namespace

lt::file_storage v1_layout(int piece_length_bytes, std::vector<file_in_layout> const& files) {
  lt::file_storage layout;
  for (auto const& file : files)
    layout.add_file("layout/" + std::to_string(layout.num_files()), file.size_bytes,
                    file.is_pad ? lt::file_storage::flag_pad_file : lt::file_flags_t{});
  layout.set_piece_length(piece_length_bytes);
  layout.set_num_pieces(static_cast<int>((layout.total_size() + piece_length_bytes - 1) / piece_length_bytes));
  return layout;
}

lt::file_storage hybrid_layout(int piece_length_bytes, std::vector<std::int64_t> const& file_sizes_bytes) {
  return aligned_layout(piece_length_bytes, file_sizes_bytes, {});
}

lt::file_storage v2_layout(int piece_length_bytes, std::vector<std::int64_t> const& file_sizes_bytes) {
  return aligned_layout(piece_length_bytes, file_sizes_bytes, lt::create_torrent::v2_only);
}

std::vector<named_layout> every_layout() {
  constexpr int KiB = 1024;
  return {
      {"v1", [] { return v1_layout(64 * KiB, {{200 * KiB}}); }},
      {"v1_small_pieces", [] { return v1_layout(8 * KiB, {{50'001}}); }},
      {"v1_odd_pieces",
       [] {
         return v1_layout(50'000, {{70'000}, {70'001}});
       }},
      {"v1_pads",
       [] {
         return v1_layout(64 * KiB, {{5}, pad(40'000), {9'000}, pad(90'000), {7}});
       }},
      {"hybrid",
       [] {
         return hybrid_layout(64 * KiB, {100'000, 1, 64 * KiB, 20'000});
       }},
      {"v2",
       [] {
         return v2_layout(64 * KiB, {100'000, 1, 64 * KiB, 20'000});
       }},
  };
}

std::vector<char> noise(std::size_t size_bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<char> bytes(size_bytes);
  // 0 is left out, so that a byte that should have been written never looks like a pad.
  for (auto& byte : bytes) byte = static_cast<char>(random() % 255 + 1);
  return bytes;
}

torrent_bytes::torrent_bytes(lt::file_storage const& layout, std::uint64_t seed)
    : m_layout(layout),
      m_bytes(noise(static_cast<std::size_t>(layout.total_size()), seed)),
      m_is_pad(static_cast<std::size_t>(layout.total_size()), false) {
  for (auto const file : layout.file_range()) {
    if (!layout.pad_file_at(file)) continue;
    auto const begin = static_cast<std::ptrdiff_t>(layout.file_offset(file));
    auto const end = begin + static_cast<std::ptrdiff_t>(layout.file_size(file));
    std::fill(m_bytes.begin() + begin, m_bytes.begin() + end, '\0');
    std::fill(m_is_pad.begin() + begin, m_is_pad.begin() + end, true);
  }
}

lt::span<char const> torrent_bytes::piece(int piece) const {
  std::ptrdiff_t const begin = std::ptrdiff_t{piece} * m_layout.piece_length();
  return {m_bytes.data() + begin, m_layout.piece_size(lt::piece_index_t(piece))};
}

lt::span<char const> torrent_bytes::block(int piece, int block) const {
  auto const all = this->piece(piece).subspan(std::ptrdiff_t{block} * block_size_bytes);
  return all.first(std::min<std::ptrdiff_t>(all.size(), block_size_bytes));
}

int torrent_bytes::blocks_in_piece(int piece) const {
  return static_cast<int>((this->piece(piece).size() + block_size_bytes - 1) / block_size_bytes);
}

bool torrent_bytes::is_pad_block(int piece, int block) const {
  auto const bytes = this->block(piece, block);
  auto const begin = m_is_pad.begin() + (bytes.data() - m_bytes.data());
  return std::all_of(begin, begin + bytes.size(), [](bool is_pad) { return is_pad; });
}

void torrent_bytes::change_block(int piece, int block, std::uint64_t seed) {
  auto const old = this->block(piece, block);
  auto const begin = old.data() - m_bytes.data();
  auto const bytes = noise(static_cast<std::size_t>(old.size()), seed);
  for (std::ptrdiff_t i = 0; i < old.size(); ++i)
    if (!m_is_pad[static_cast<std::size_t>(begin + i)])
      m_bytes[static_cast<std::size_t>(begin + i)] = bytes[static_cast<std::size_t>(i)];
}

lt::sha1_hash torrent_bytes::v1_hash(int piece) const { return lt::hasher(this->piece(piece)).final(); }

std::vector<lt::sha256_hash> torrent_bytes::v2_hashes(int piece) const {
  auto const all = this->piece(piece);
  auto const begin = m_is_pad.begin() + (all.data() - m_bytes.data());
  auto rest = all.first(std::find(begin, begin + all.size(), true) - begin);
  std::vector<lt::sha256_hash> hashes;
  while (!rest.empty()) {
    auto const in_block = std::min<std::ptrdiff_t>(rest.size(), block_size_bytes);
    hashes.push_back(lt::hasher256(rest.first(in_block)).final());
    rest = rest.subspan(in_block);
  }
  return hashes;
}

} // namespace memtorrent::test
