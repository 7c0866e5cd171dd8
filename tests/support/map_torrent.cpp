#include "support/map_torrent.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/hasher.hpp>

#include <algorithm>
#include <cstring>

namespace memtorrent::test {

namespace {

constexpr int block_size = lt::default_block_size;

} // namespace

int map_torrent::num_v2_blocks(int piece) const {
  return layout().v2() ? layout().blocks_in_piece2(lt::piece_index_t(piece)) : 0;
}

map_torrent::block_writes const* map_torrent::find(int piece, int block) const {
  auto const found = m_blocks.find({piece, block});
  return found == m_blocks.end() ? nullptr : &found->second;
}

// A window on noise, at another place for every number.
std::vector<char> map_torrent::content(int piece, int block, std::uint64_t number) const {
  constexpr std::size_t places = 1 << 20;
  static std::vector<char> const everything = noise(places + block_size, 1);
  auto const shape = m_shape->block(piece, block);
  auto const size = static_cast<std::size_t>(shape.size());
  auto const* const from = everything.data() + number % places;
  std::vector<char> bytes(from, from + size);
  if (std::memchr(shape.data(), 0, size))
    for (std::size_t at = 0; at < size; ++at)
      if (shape.data()[at] == 0) bytes[at] = 0;
  return bytes;
}

// ---- what happens ----

map_torrent::moment map_torrent::begin_write(int piece, int block, std::uint64_t number) {
  m_blocks[{piece, block}].writes.push_back({now(), number});
  return m_clock;
}

std::vector<char> map_torrent::last_written(int piece, int block) const {
  return content(piece, block, find(piece, block)->writes.back().number);
}

void map_torrent::end_write(int piece, int block, moment when, bool taken) {
  for (auto& write : m_blocks[{piece, block}].writes)
    if (write.when == when) write.is = taken ? written::outcome::taken : written::outcome::refused;
}

void map_torrent::begin_check() {
  for (int piece = 0; piece < num_pieces(); ++piece) {
    if (was_complete(piece, m_clock)) continue;
    for (int block = 0; block < num_blocks(piece); ++block)
      if (auto const found = m_blocks.find({piece, block}); found != m_blocks.end())
        for (auto& write : found->second.writes) write.may_go = true;
  }
}

void map_torrent::saw_missing(int piece, int block, moment when) {
  auto const found = m_blocks.find({piece, block});
  if (found != m_blocks.end()) found->second.missing.push_back(when);
}

// ---- what answers must be ----

bool map_torrent::block_writes::was_missing_between(moment write, moment request) const {
  return std::any_of(missing.begin(), missing.end(), [&](moment at) { return write < at && at < request; });
}

bool map_torrent::was_there(int piece, int start, int length, moment when) const {
  for (int block = start / block_size; block <= (start + length - 1) / block_size; ++block) {
    if (is_pad_block(piece, block)) continue;
    auto const* const of = find(piece, block);
    auto const is_there = [&](written const& w) {
      return w.when <= when && !of->was_missing_between(w.when, when) && !w.may_go;
    };
    if (!of || std::none_of(of->writes.begin(), of->writes.end(), is_there)) return false;
  }
  return true;
}

bool map_torrent::may_have_gone(int piece, int block, moment write) const {
  auto const* const of = find(piece, block);
  return of && std::any_of(of->writes.begin(), of->writes.end(),
                           [&](written const& w) { return w.when == write && w.may_go; });
}

// From the last write backwards: one that was not taken may have left the one before in its place.
std::vector<std::vector<char>> map_torrent::candidates(int piece, int block, moment when) const {
  if (is_pad_block(piece, block)) return {std::vector<char>(static_cast<std::size_t>(block_bytes(piece, block)))};
  std::vector<std::vector<char>> all;
  auto const* const of = find(piece, block);
  if (!of) return all;
  for (auto write = of->writes.rbegin(); write != of->writes.rend(); ++write) {
    if (write->when > when) continue;
    if (of->was_missing_between(write->when, when)) break;
    all.push_back(content(piece, block, write->number));
    if (write->is == written::outcome::taken) break;
  }
  return all;
}

bool map_torrent::can_be(int piece, int start, lt::span<char const> bytes, moment when) const {
  while (!bytes.empty()) {
    int const block = start / block_size, in_block = start % block_size;
    auto const size = std::min<std::ptrdiff_t>(bytes.size(), block_bytes(piece, block) - in_block);
    auto const all = candidates(piece, block, when);
    if (std::none_of(all.begin(), all.end(), [&](auto const& candidate) {
          return std::memcmp(candidate.data() + in_block, bytes.data(), static_cast<std::size_t>(size)) == 0;
        }))
      return false;
    start += static_cast<int>(size);
    bytes = bytes.subspan(size);
  }
  return true;
}

bool map_torrent::can_be_v1_hash(int piece, lt::sha1_hash const& hash, moment when) const {
  // Of every block, one of the things that it can be; nearly always there is a single one.
  std::function<bool(int, lt::hasher)> const from = [&](int block, lt::hasher so_far) {
    if (block == num_blocks(piece)) return so_far.final() == hash;
    for (auto const& candidate : candidates(piece, block, when)) {
      lt::hasher with(so_far);
      if (from(block + 1, with.update(candidate))) return true;
    }
    return false;
  };
  return from(0, lt::hasher());
}

bool map_torrent::can_be_v2_hash(int piece, int block, lt::sha256_hash const& hash, moment when) const {
  int const bytes = std::min(block_size, layout().piece_size2(lt::piece_index_t(piece)) - block * block_size);
  auto const all = candidates(piece, block, when);
  return std::any_of(all.begin(), all.end(),
                     [&](auto const& candidate) { return lt::hasher256(candidate.data(), bytes).final() == hash; });
}

bool map_torrent::can_be_v2_hashes(int piece, std::vector<lt::sha256_hash> const& hashes, moment when) const {
  for (int block = 0; block < num_v2_blocks(piece); ++block)
    if (!can_be_v2_hash(piece, block, hashes[static_cast<std::size_t>(block)], when)) return false;
  return true;
}

} // namespace memtorrent::test
