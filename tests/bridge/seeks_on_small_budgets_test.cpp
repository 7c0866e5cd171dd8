#include "support/event_count.hpp"
#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

// A viewer who cannot sit still, with little memory: pieces go whole and in part, with blocks of them still owed, and
// come again. scripts/invariants runs this with a libtorrent that checks its own accounts all the while.

namespace memtorrent::test {

namespace {

struct budget {
  int bytes;
  int piece_length_bytes;
};

class SeeksOnSmallBudgets : public testing::TestWithParam<budget> {
 protected:
  /// Reads somewhere and seeks away at once, while blocks are on their way.
  void glance_at(byte_source& reader, std::int64_t position) {
    auto const answered = std::make_shared<event_count>();
    reader.async_read(position, 64 * KiB, [answered](auto const&, auto const&) { answered->add(); });
    ASSERT_TRUE(m_player->wait_until([&] { return answered->count() > 0 || is_owed(); }));
    reader.cancel();
    ASSERT_TRUE(answered->reaches(1));
  }

  /// True if a block of a piece that has begun to come is still to come.
  bool is_owed() {
    auto const pieces = m_player->torrent.get_download_queue();
    return std::any_of(pieces.begin(), pieces.end(),
                       [](auto const& piece) { return piece.finished > 0 && piece.requested > 0; });
  }

  film const m_film{{.size_bytes = 12 * MiB, .piece_length_bytes = GetParam().piece_length_bytes}};
  swarm m_swarm;
  std::unique_ptr<film_player> m_player;
};

} // namespace

TEST_P(SeeksOnSmallBudgets, PlayRightBytesAndLoseNoPeer) {
  for (int i = 0; i < 3; ++i) m_swarm.seed(m_film).session().get_torrents().front().set_upload_limit(2 * MiB);
  m_player = m_swarm.play(m_film, GetParam().bytes);
  auto const reader = m_player->open();
  std::mt19937 random(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  std::uniform_int_distribution<std::int64_t> anywhere(0, m_film.size_bytes() - 1);
  std::uniform_int_distribution<std::int64_t> bytes(1, 2 * m_film.piece_length_bytes());
  std::int64_t position = 0;
  for (int move = 0; move < 12; ++move) {
    for (int i = 0; i < 3; ++i) glance_at(*reader, anywhere(random));
    auto const length = std::min(bytes(random), m_film.size_bytes() - position);
    ASSERT_EQ(m_player->read_and_compare(*reader, position, length), "") << "after " << move << " moves";
    bool const is_rewind = move % 3 == 2;
    position = is_rewind ? std::max<std::int64_t>(position - bytes(random), 0) : anywhere(random);
  }
  auto const stats = m_player->disk.stats();
  EXPECT_GT(stats.complete_pieces_evicted + stats.partial_pieces_evicted, 0);
  EXPECT_LE(stats.peak_bytes, GetParam().bytes);
  EXPECT_EQ(m_player->problems(), std::vector<std::string>{});
}

// Two pieces are the least.
INSTANTIATE_TEST_SUITE_P(Budgets, SeeksOnSmallBudgets,
                         testing::Values(budget{128 * KiB, 64 * KiB}, budget{512 * KiB, 64 * KiB},
                                         budget{MiB, 256 * KiB}, budget{2 * MiB, MiB}, budget{6 * MiB, MiB}),
                         [](auto const& budget) { return std::to_string(budget.param.bytes / KiB) + "KiB"; });

} // namespace memtorrent::test
