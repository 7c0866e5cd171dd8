#include "memtorrent/torrent_stream.hpp"

#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace memtorrent::test {

// Each has a share of two pieces: one under its play head, one ahead.
TEST(SharedBudget, PlaysFourTorrentsWithPiecesOf16MiBAtOnceOn128MiB) {
  std::vector<std::unique_ptr<film>> films;
  for (std::uint64_t i = 0; i < 4; ++i)
    films.push_back(
        std::make_unique<film>(film::options{.size_bytes = 64 * MiB, .piece_length_bytes = 16 * MiB, .seed = i + 1}));
  swarm s;
  // Before the other three play, the first may have all of its film, and that is when other seeds leave it
  // (tests/regress/a_seed_that_left_was_missing_for_two_minutes_test.cpp).
  auto const seed = [&](film const& f) -> loopback_session& {
    return s.seed(
        f, [](lt::settings_pack& pack) { pack.set_bool(lt::settings_pack::close_redundant_connections, false); });
  };
  seed(*films[0]);
  auto p = s.play(*films[0], 128 * MiB);

  boost::system::error_code ec;
  std::vector<std::shared_ptr<torrent_stream>> streams{p->stream};
  for (std::size_t i = 1; i < films.size(); ++i) {
    auto const added = p->add(*films[i]);
    added.torrent.connect_peer(seed(*films[i]).endpoint());
    streams.push_back(added.stream);
  }
  std::vector<std::unique_ptr<byte_source>> readers;
  for (auto const& stream : streams) readers.push_back(stream->open(lt::file_index_t(0), ec));

  for (std::int64_t offset = 0; offset < 64 * MiB; offset += 4 * MiB)
    for (std::size_t i = 0; i < readers.size(); ++i)
      for (std::int64_t at = offset; at < offset + 4 * MiB;) {
        auto const bytes = readers[i]->read(at, offset + 4 * MiB - at, ec);
        ASSERT_FALSE(ec) << ec.message();
        ASSERT_EQ(films[i]->first_wrong_byte(0, at, bytes), -1) << "film " << i << " from " << at;
        at += total_bytes(bytes);
      }
  EXPECT_LE(p->disk.stats().peak_bytes, 128 * MiB);
  EXPECT_EQ(p->problems(), std::vector<std::string>{});
}

} // namespace memtorrent::test
