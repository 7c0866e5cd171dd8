#include "support/film.hpp"

#include <libtorrent/bencode.hpp>
#include <libtorrent/create_torrent.hpp>
#include <libtorrent/posix_disk_io.hpp>
#include <libtorrent/settings_pack.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace memtorrent::test {

namespace {

// splitmix64: eight good bytes from a counter.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

std::uint64_t word_at(std::uint64_t seed, int file, std::int64_t word) {
  return scramble(seed * 1000003U + static_cast<std::uint64_t>(file) * 7919U +
                  scramble(static_cast<std::uint64_t>(word)));
}

void write_file(std::filesystem::path const& path, std::uint64_t seed, int file, std::int64_t size) {
  std::ofstream out(path, std::ios::binary);
  std::vector<std::uint64_t> words(1 << 16);
  std::int64_t word = 0;
  for (std::int64_t left = size; left > 0;) {
    for (auto& w : words) w = word_at(seed, file, word++);
    auto const chunk = std::min<std::int64_t>(left, static_cast<std::int64_t>(words.size() * 8));
    out.write(reinterpret_cast<char const*>(words.data()), chunk);
    left -= chunk;
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

lt::create_flags_t flags_of(torrent_version version) {
  switch (version) {
    case torrent_version::v1: return lt::create_torrent::v1_only;
    case torrent_version::v2: return lt::create_torrent::v2_only;
    case torrent_version::hybrid: return {};
  }
  return {};
}

} // namespace

film::film(options const& o) : m_options(o), m_folder(o.inside) {
  std::vector<std::int64_t> sizes{o.size_bytes};
  sizes.insert(sizes.end(), o.more_files_bytes.begin(), o.more_files_bytes.end());
  lt::file_storage files;
  auto const root = sizes.size() > 1 ? folder() / "film" : folder();
  std::filesystem::create_directories(root);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::string const name = "film-" + std::to_string(i) + ".mkv";
    write_file(root / name, o.seed, static_cast<int>(i), sizes[i]);
    files.add_file(sizes.size() > 1 ? "film/" + name : name, sizes[i]);
  }
  lt::create_torrent torrent(files, o.piece_length_bytes, flags_of(o.version));
  // This disk I/O has no threads; those of the default one may still run when this returns, and a program that forks
  // must not have any.
  lt::error_code ec;
  lt::set_piece_hashes(
      torrent, folder().string(), lt::default_settings(), lt::posix_disk_io_constructor, [](lt::piece_index_t) {}, ec);
  if (ec) throw std::runtime_error("cannot hash the film: " + ec.message());
  lt::bencode(std::back_inserter(m_torrent_file), torrent.generate());
  m_info = std::make_shared<lt::torrent_info>(m_torrent_file, lt::from_span);
}

std::string film::write_torrent() const {
  auto const path = folder() / "film.torrent";
  std::ofstream out(path, std::ios::binary);
  if (!(out << m_torrent_file).flush()) throw std::runtime_error("cannot write " + path.string());
  return path.string();
}

char film::byte_at(int file, std::int64_t offset) const {
  std::uint64_t const word = word_at(m_options.seed, file, offset / 8);
  char bytes[8];
  std::memcpy(bytes, &word, 8);
  return bytes[offset % 8];
}

std::int64_t film::first_wrong_byte(int file, std::int64_t offset, file_bytes const& bytes) const {
  std::uint64_t word = 0;
  std::int64_t have_word = -1;
  for (auto const& slice : bytes)
    for (int i = 0; i < slice.size_bytes; ++i, ++offset) {
      if (offset / 8 != have_word) word = word_at(m_options.seed, file, have_word = offset / 8);
      if (slice.data[i] != reinterpret_cast<char const*>(&word)[offset % 8]) return offset;
    }
  return -1;
}

std::int64_t total_bytes(file_bytes const& bytes) {
  std::int64_t total = 0;
  for (auto const& slice : bytes) total += slice.size_bytes;
  return total;
}

} // namespace memtorrent::test
