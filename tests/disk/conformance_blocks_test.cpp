#include "support/any_disk.hpp"
#include "support/short_names.hpp"

#include <libtorrent/disk_interface.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Every disk, every layout: blocks in, bytes and hashes out.

namespace memtorrent::test {

namespace {

/// A torrent of each layout. In memory it is filled with blocks that another torrent has used before.
class DiskConformance : public testing::TestWithParam<std::pair<disk_kind, named_layout>> {
 protected:
  DiskConformance() {
    disk_torrent other(*m_disk, v1_layout(64 * KiB, {{512 * KiB}}), 99);
    other.write_all();
  }

  std::unique_ptr<lone_disk> const m_disk = make_disk({GetParam().first, 2});
  disk_torrent m_torrent{*m_disk, GetParam().second.make()};
  torrent_bytes const& m_bytes = m_torrent.bytes();

  [[nodiscard]] bool is_v2() const { return m_torrent.layout().v2(); }
  [[nodiscard]] int piece_bytes(int piece) const { return static_cast<int>(m_bytes.piece(piece).size()); }

  void expect_every_block() {
    for (int p = 0; p < m_torrent.num_pieces(); ++p)
      for (int b = 0; b < m_bytes.blocks_in_piece(p); ++b) {
        int const size = static_cast<int>(m_bytes.block(p, b).size());
        EXPECT_EQ(m_torrent.read(p, b * block_bytes, size).says(), "right") << "piece " << p << " block " << b;
      }
  }

  void expect_every_hash() {
    for (int p = 0; p < m_torrent.num_pieces(); ++p) {
      SCOPED_TRACE("piece " + std::to_string(p));
      auto const answer = m_torrent.hash(p, v1_hash);
      EXPECT_EQ(answer.error, lt::error_code());
      EXPECT_EQ(answer.v1, m_bytes.v1_hash(p));
      EXPECT_EQ(answer.v2, is_v2() ? m_bytes.v2_hashes(p) : std::vector<lt::sha256_hash>());
    }
  }

  /// Other bytes in one block of every piece, which are not written yet.
  std::vector<std::pair<int, int>> change_a_block_of_every_piece() {
    std::vector<std::pair<int, int>> changed;
    for (int p = 0; p < m_torrent.num_pieces(); ++p) {
      int const b = p % m_bytes.blocks_in_piece(p);
      if (m_bytes.is_pad_block(p, b)) continue;
      m_torrent.change_block(p, b);
      changed.emplace_back(p, b);
    }
    return changed;
  }
};

class DiskConformanceOfV2 : public DiskConformance {};

} // namespace

// ---- reads ----

TEST_P(DiskConformance, ReadsBackWhatWasWritten) {
  m_torrent.write_all();
  expect_every_block();
}

TEST_P(DiskConformance, ReadsAnyBytesOfAPiece) {
  m_torrent.write_all();
  for (int p = 0; p < m_torrent.num_pieces(); ++p)
    for (int start = 0; start < piece_bytes(p); start += 5'001)
      for (int const most : {1, 700, block_bytes}) {
        int const length = std::min(most, piece_bytes(p) - start);
        EXPECT_EQ(m_torrent.read(p, start, length).says(), "right")
            << "piece " << p << " from " << start << " of " << length;
      }
}

TEST_P(DiskConformance, ReadsTheSameUnderEveryFlag) {
  m_torrent.write_all();
  using disk = lt::disk_interface;
  for (auto const flags : {disk::force_copy, disk::sequential_access, disk::volatile_read,
                           disk::force_copy | disk::sequential_access | disk::volatile_read})
    for (int p = 0; p < m_torrent.num_pieces(); ++p)
      EXPECT_EQ(m_torrent.read(p, 0, std::min(block_bytes, piece_bytes(p)), flags).says(), "right") << "piece " << p;
}

TEST_P(DiskConformance, ReadsRightBehindAWrite) {
  int right = 0, asked = 0;
  for (int p = 0; p < m_torrent.num_pieces(); ++p)
    for (int b = 0; b < m_bytes.blocks_in_piece(p); ++b) {
      if (m_bytes.is_pad_block(p, b)) continue;
      int const size = static_cast<int>(m_bytes.block(p, b).size());
      m_torrent.begin_write(p, b, [](lt::storage_error const&) {});
      for (int const length : {size, size / 2 + 1}) {
        ++asked;
        m_torrent.begin_read(p, b * block_bytes, length,
                             [&](read_answer const& answer) { right += answer.says() == "right"; });
      }
    }
  m_disk->run_all();
  EXPECT_EQ(right, asked);
}

TEST_P(DiskConformance, ReadsAcrossBlocksRightBehindTheirWrites) {
  int right = 0, asked = 0;
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    m_torrent.begin_write_piece(p);
    for (int start = 3'000; start < piece_bytes(p); start += block_bytes / 2) {
      ++asked;
      m_torrent.begin_read(p, start, std::min(block_bytes, piece_bytes(p) - start),
                           [&](read_answer const& answer) { right += answer.says() == "right"; });
    }
  }
  m_disk->run_all();
  EXPECT_EQ(right, asked);
}

TEST_P(DiskConformance, ReadsWhatWasWrittenLast) {
  m_torrent.write_all();
  for (auto const& [p, b] : change_a_block_of_every_piece()) ASSERT_EQ(m_torrent.write(p, b), lt::error_code());
  expect_every_block();
}

// ---- hashes ----

TEST_P(DiskConformance, HashesEveryPieceInTheVersionsOfItsTorrent) {
  m_torrent.write_all();
  expect_every_hash();
}

TEST_P(DiskConformance, HashesTheSameUnderEveryFlag) {
  m_torrent.write_all();
  using disk = lt::disk_interface;
  for (auto const flags : {disk::flush_piece, disk::sequential_access, disk::volatile_read,
                           disk::flush_piece | disk::sequential_access | disk::volatile_read})
    for (int p = 0; p < m_torrent.num_pieces(); ++p) {
      auto const answer = m_torrent.hash(p, v1_hash | flags);
      EXPECT_EQ(answer.error, lt::error_code());
      EXPECT_EQ(answer.v1, m_bytes.v1_hash(p));
      EXPECT_TRUE(!is_v2() || answer.v2 == m_bytes.v2_hashes(p));
    }
}

TEST_P(DiskConformanceOfV2, HashesOneVersionAlone) {
  m_torrent.write_all();
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    auto const only_v2 = m_torrent.hash(p, {});
    EXPECT_EQ(only_v2.error, lt::error_code());
    EXPECT_EQ(only_v2.v2, m_bytes.v2_hashes(p));

    std::optional<lt::sha1_hash> only_v1;
    m_disk->io().async_hash(m_torrent.index(), lt::piece_index_t(p), {}, v1_hash,
                            [&](auto, lt::sha1_hash const& hash, auto const&) { only_v1 = hash; });
    m_disk->run_until([&] { return only_v1.has_value(); });
    EXPECT_EQ(*only_v1, m_bytes.v1_hash(p));
  }
}

TEST_P(DiskConformanceOfV2, HashesEveryBlock) {
  m_torrent.write_all();
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    auto const right = m_bytes.v2_hashes(p);
    for (int b = 0; b < static_cast<int>(right.size()); ++b) {
      auto const answer = m_torrent.hash_block(p, b);
      EXPECT_EQ(answer.error, lt::error_code());
      EXPECT_EQ(answer.v2[0], right[static_cast<std::size_t>(b)]) << "piece " << p << " block " << b;
    }
  }
}

TEST_P(DiskConformance, HashesRightBehindTheWrites) {
  int right = 0;
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    m_torrent.begin_write_piece(p);
    m_torrent.begin_hash(p, v1_hash, [&, p](hash_answer const& answer) {
      right += !answer.error && answer.v1 == m_bytes.v1_hash(p) && (!is_v2() || answer.v2 == m_bytes.v2_hashes(p));
    });
  }
  m_disk->run_all();
  EXPECT_EQ(right, m_torrent.num_pieces());
}

TEST_P(DiskConformanceOfV2, HashesABlockRightBehindItsWrite) {
  int right = 0, asked = 0;
  for (int p = 0; p < m_torrent.num_pieces(); ++p) {
    auto const hashes = m_bytes.v2_hashes(p);
    for (int b = 0; b < static_cast<int>(hashes.size()); ++b, ++asked) {
      m_torrent.begin_write(p, b, [](lt::storage_error const&) {});
      m_torrent.begin_hash_block(p, b, [&, hash = hashes[static_cast<std::size_t>(b)]](hash_answer const& answer) {
        right += !answer.error && answer.v2[0] == hash;
      });
    }
  }
  m_disk->run_all();
  EXPECT_EQ(right, asked);
}

TEST_P(DiskConformance, HashesWhatWasWrittenLast) {
  m_torrent.write_all();
  for (int p = 0; p < m_torrent.num_pieces(); ++p) (void)m_torrent.hash(p);
  for (auto const& [p, b] : change_a_block_of_every_piece()) ASSERT_EQ(m_torrent.write(p, b), lt::error_code());
  expect_every_hash();
}

TEST_P(DiskConformance, HashesWhatWasWrittenLastRightBehindThatWrite) {
  m_torrent.write_all();
  for (auto const& [p, b] : change_a_block_of_every_piece()) {
    m_torrent.begin_write(p, b, [](lt::storage_error const&) {});
    std::optional<lt::sha1_hash> hash;
    m_torrent.begin_hash(p, v1_hash, [&](hash_answer const& answer) { hash = answer.v1; });
    m_disk->run_until([&] { return hash.has_value(); });
    EXPECT_EQ(*hash, m_bytes.v1_hash(p)) << "piece " << p;
  }
  m_disk->run_all();
}

// ---- several torrents ----

TEST_P(DiskConformance, KeepsTorrentsApart) {
  disk_torrent same_layout(*m_disk, GetParam().second.make(), 2), another_layout(*m_disk, every_layout()[0].make(), 3);
  disk_torrent* const torrents[] = {&m_torrent, &same_layout, &another_layout};
  for (int p = 0; p < 4; ++p)
    for (auto* const torrent : torrents)
      if (p < torrent->num_pieces()) torrent->begin_write_piece(p);
  m_disk->run_all();

  for (auto* const torrent : torrents)
    for (int p = 0; p < std::min(4, torrent->num_pieces()); ++p)
      EXPECT_EQ(torrent->hash(p).v1, torrent->bytes().v1_hash(p)) << "piece " << p;
}

namespace {

std::vector<std::pair<disk_kind, named_layout>> every_layout_on(disk_kind kind) {
  std::vector<std::pair<disk_kind, named_layout>> layouts;
  for (auto const& layout : every_layout()) layouts.emplace_back(kind, layout);
  return layouts;
}

std::vector<std::pair<disk_kind, named_layout>> v2_layouts_on(disk_kind kind) {
  auto layouts = every_layout_on(kind);
  std::erase_if(layouts, [](auto const& l) { return !l.second.make().v2(); });
  return layouts;
}

std::string name_of_layout(testing::TestParamInfo<std::pair<disk_kind, named_layout>> const& info) {
  return info.param.second.name;
}

} // namespace

INSTANTIATE_TEST_SUITE_P(Memory, DiskConformance, testing::ValuesIn(every_layout_on(disk_kind::memory)),
                         name_of_layout);
INSTANTIATE_TEST_SUITE_P(Posix, DiskConformance, testing::ValuesIn(every_layout_on(disk_kind::posix)), name_of_layout);
INSTANTIATE_TEST_SUITE_P(Mmap, DiskConformance, testing::ValuesIn(every_layout_on(disk_kind::mmap)), name_of_layout);
INSTANTIATE_TEST_SUITE_P(Memory, DiskConformanceOfV2, testing::ValuesIn(v2_layouts_on(disk_kind::memory)),
                         name_of_layout);
INSTANTIATE_TEST_SUITE_P(Posix, DiskConformanceOfV2, testing::ValuesIn(v2_layouts_on(disk_kind::posix)),
                         name_of_layout);
INSTANTIATE_TEST_SUITE_P(Mmap, DiskConformanceOfV2, testing::ValuesIn(v2_layouts_on(disk_kind::mmap)), name_of_layout);

} // namespace memtorrent::test
