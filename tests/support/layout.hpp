// How files lie in a torrent's pieces, for tests that need sizes and pads but no swarm; and bytes to fill them with.

#pragma once

#include <libtorrent/file_storage.hpp>
#include <libtorrent/sha1_hash.hpp>
#include <libtorrent/span.hpp>

#include <cstdint>
#include <ostream>
#include <vector>

namespace memtorrent::test {

struct file_in_layout {
  std::int64_t size_bytes = 0;
  bool is_pad = false;
};

inline file_in_layout pad(std::int64_t size_bytes) { return {size_bytes, true}; }

/// Files one behind the other, pads where the caller says so (BEP 47).
lt::file_storage v1_layout(int piece_length_bytes, std::vector<file_in_layout> const& files);

/// Every file begins a piece; libtorrent puts the pads in between, and v1 hashes cover them.
lt::file_storage hybrid_layout(int piece_length_bytes, std::vector<std::int64_t> const& file_sizes_bytes);

/// Every file begins a piece, and no hash covers what is behind its end.
lt::file_storage v2_layout(int piece_length_bytes, std::vector<std::int64_t> const& file_sizes_bytes);

/// A layout for tests that are made for several, with the name that it has in the test's.
struct named_layout {
  char const* name;
  lt::file_storage (*make)();
  friend void PrintTo(named_layout const& layout, std::ostream* out) { *out << layout.name; }
};

/// One of every sort: with pieces shorter than a block, of no whole blocks, with pads, of either version and of both.
std::vector<named_layout> every_layout();

/// Any bytes, but the same ones for the same seed.
std::vector<char> noise(std::size_t size_bytes, std::uint64_t seed);

/// All bytes of a torrent in one vector, zeros in the pads; everything about them is worked out the simple way.
class torrent_bytes {
 public:
  torrent_bytes(lt::file_storage const& layout, std::uint64_t seed);

  [[nodiscard]] lt::file_storage const& layout() const { return m_layout; }
  [[nodiscard]] lt::span<char const> all() const { return m_bytes; }
  [[nodiscard]] lt::span<char const> piece(int piece) const;
  /// The 16 KiB or less that a peer sends for one request.
  [[nodiscard]] lt::span<char const> block(int piece, int block) const;
  [[nodiscard]] int blocks_in_piece(int piece) const;
  /// True if all of the block is pad, which peers do not send.
  [[nodiscard]] bool is_pad_block(int piece, int block) const;

  /// Other bytes, but for the pads, which stay.
  void change_block(int piece, int block, std::uint64_t seed);

  [[nodiscard]] lt::sha1_hash v1_hash(int piece) const;
  /// The v2 hashes of the piece's blocks, up to the end of its file (BEP 52).
  [[nodiscard]] std::vector<lt::sha256_hash> v2_hashes(int piece) const;

 private:
  lt::file_storage m_layout;
  std::vector<char> m_bytes;
  std::vector<bool> m_is_pad;
};

} // namespace memtorrent::test
