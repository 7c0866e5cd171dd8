#include "memtorrent/memory_disk.hpp"
#include "memtorrent/torrent_placement.hpp"

#include "support/short_names.hpp"
#include "support/uniform_torrent.hpp"

#include <gtest/gtest.h>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/read_resume_data.hpp>
#include <libtorrent/write_resume_data.hpp>

#include <optional>
#include <vector>

// What an embedder sets for one torrent of several, and what libtorrent asks of one: in whole sessions, without peers.

namespace memtorrent::test {

namespace {

constexpr int piece_length_bytes = 256 * 1024;

/// Two torrents of 4 MiB, on a budget of 4 MiB.
class TorrentMemory : public testing::Test {
 protected:
  std::int64_t used(lt::torrent_handle const& torrent) {
    boost::system::error_code ec;
    auto const stats = m_session.disk.stats(torrent, ec);
    EXPECT_FALSE(ec) << ec.message();
    return stats.used_bytes;
  }
  bool has(lt::torrent_handle const& torrent, int piece) { return torrent.have_piece(lt::piece_index_t(piece)); }
  int had(lt::torrent_handle const& torrent) { return torrent.status().num_pieces; }

  uniform_torrent const m_bytes{16, piece_length_bytes, "one"};
  uniform_torrent const m_other_bytes{16, piece_length_bytes, "other"};
  memory_disk_constructor m_ram{{.budget_bytes = 4 * MiB}};
  ram_session m_session{m_ram};
  lt::torrent_handle m_torrent = m_session.add(m_bytes);
  lt::torrent_handle m_other = m_session.add(m_other_bytes);
  boost::system::error_code m_error;
};

} // namespace

// ---- caps and guarantees ----

TEST_F(TorrentMemory, IsHeldToItsCap) {
  m_session.disk.set_cap(m_torrent, MiB, m_error);
  EXPECT_FALSE(m_error);
  m_session.put(m_torrent, m_bytes, 0, 10);
  EXPECT_LE(used(m_torrent), MiB);
  EXPECT_TRUE(has(m_torrent, 9));
  EXPECT_FALSE(has(m_torrent, 0)) << "it made space for itself";
  m_session.put(m_other, m_other_bytes, 0, 10);
  EXPECT_EQ(used(m_other), 10 * piece_length_bytes) << "the rest is there for others";
  EXPECT_TRUE(has(m_torrent, 9));
}

TEST_F(TorrentMemory, ShrinksAtOnceWhenItsCapIsLowered) {
  m_session.put(m_torrent, m_bytes, 0, 10);
  m_session.disk.set_cap(m_torrent, MiB, m_error);
  EXPECT_TRUE(m_session.wait_until([&] { return used(m_torrent) <= MiB; }));
  EXPECT_EQ(had(m_torrent), 4);
}

TEST_F(TorrentMemory, TakesItsCapAndGuaranteeFromItsMark) {
  torrent_placement mark{place::memory, MiB, piece_length_bytes};
  lt::add_torrent_params params;
  params.userdata = lt::client_data_t(&mark);
  uniform_torrent const bytes(16, piece_length_bytes, "marked");
  auto const torrent = m_session.add(bytes, params);
  m_session.put(torrent, bytes, 0, 10);
  auto const stats = m_session.disk.stats(torrent, m_error);
  EXPECT_LE(stats.used_bytes, MiB);
  EXPECT_EQ(stats.cap_bytes, MiB);
  EXPECT_EQ(stats.guarantee_bytes, piece_length_bytes);
  m_session.session().remove_torrent(torrent);
}

TEST_F(TorrentMemory, RefusesAMarkThatItCannotObey) {
  torrent_placement mark{place::memory, 0, 5 * MiB};
  lt::add_torrent_params params;
  params.userdata = lt::client_data_t(&mark);
  uniform_torrent const bytes(16, piece_length_bytes, "marked");
  params.ti = bytes.info();
  params.save_path = "/";
  auto const torrent = m_session.session().add_torrent(params);
  EXPECT_TRUE(m_session.wait_until([&] { return torrent.status().errc == errc::guarantee_too_large; }));
  m_session.session().remove_torrent(torrent);
}

TEST_F(TorrentMemory, KeepsWhatIsGuaranteedToIt) {
  m_session.disk.set_guarantee(m_torrent, 2 * MiB, m_error);
  EXPECT_FALSE(m_error);
  m_session.put(m_torrent, m_bytes, 0, 8);
  m_session.put(m_other, m_other_bytes, 0, 15);
  EXPECT_EQ(used(m_torrent), 2 * MiB);
  EXPECT_EQ(had(m_torrent), 8);
  EXPECT_LE(used(m_other), 2 * MiB);
}

TEST_F(TorrentMemory, GetsBackWhatIsGuaranteedFromWhoeverHasIt) {
  m_session.put(m_other, m_other_bytes, 0, 15);
  m_session.disk.set_guarantee(m_torrent, 2 * MiB, m_error);
  m_session.put(m_torrent, m_bytes, 0, 8);
  EXPECT_EQ(had(m_torrent), 8);
  EXPECT_LE(used(m_other), 2 * MiB);
}

TEST_F(TorrentMemory, RefusesACapOfLessThanTwoPieces) {
  m_session.disk.set_cap(m_torrent, 2 * piece_length_bytes - 1, m_error);
  EXPECT_EQ(m_error, errc::budget_too_small);
}

TEST_F(TorrentMemory, RefusesToGuaranteeWhatItDoesNotHave) {
  m_session.disk.set_guarantee(m_torrent, 3 * MiB, m_error);
  EXPECT_FALSE(m_error);
  m_session.disk.set_guarantee(m_other, 2 * MiB, m_error);
  EXPECT_EQ(m_error, errc::guarantee_too_large);
  m_session.session().remove_torrent(m_torrent);
  EXPECT_TRUE(m_session.wait_until([&] {
    m_session.disk.set_guarantee(m_other, 2 * MiB, m_error);
    return !m_error;
  })) << "what left keeps nothing";
}

TEST_F(TorrentMemory, IsUnknownOnceItHasLeft) {
  m_session.session().remove_torrent(m_torrent);
  EXPECT_TRUE(m_session.wait_until([&] {
    (void)m_session.disk.stats(m_torrent, m_error);
    return m_error == errc::not_in_memory;
  }));
  m_session.disk.pin(m_torrent, {}, m_error);
  EXPECT_EQ(m_error, errc::not_in_memory);
}

// ---- pins ----

TEST_F(TorrentMemory, KeepsPinnedPieces) {
  m_session.disk.pin(m_torrent, {{0, 1}, {15 * piece_length_bytes, 16 * piece_length_bytes}}, m_error);
  EXPECT_FALSE(m_error);
  m_session.put(m_torrent, m_bytes, 0, 1);
  m_session.put(m_torrent, m_bytes, 15, 16);
  m_session.put(m_other, m_other_bytes, 0, 15);
  EXPECT_EQ(had(m_torrent), 2);
  m_session.disk.pin(m_torrent, {}, m_error);
  m_session.put(m_other, m_other_bytes, 0, 0);
  m_session.put(m_torrent, m_bytes, 1, 15);
  EXPECT_FALSE(has(m_torrent, 0)) << "it is pinned no more";
}

TEST_F(TorrentMemory, PinsNoMoreThanHalfOfItsShare) {
  m_session.disk.pin(m_torrent, {{0, 2 * MiB}}, m_error);
  EXPECT_FALSE(m_error);
  m_session.disk.pin(m_torrent, {{0, 2 * MiB + 1}}, m_error);
  EXPECT_EQ(m_error, errc::pin_limit_exceeded);
}

TEST_F(TorrentMemory, UnpinsTheLastRangesWhenTheBudgetShrinks) {
  m_session.disk.pin(m_torrent, {{0, MiB}, {2 * MiB, 3 * MiB}}, m_error);
  m_session.put(m_torrent, m_bytes, 0, 4);
  m_session.put(m_torrent, m_bytes, 8, 12);
  m_session.disk.set_budget(2 * MiB);
  m_session.put(m_other, m_other_bytes, 0, 8);
  EXPECT_TRUE(has(m_torrent, 0));
  EXPECT_TRUE(has(m_torrent, 3));
  EXPECT_FALSE(has(m_torrent, 8));
}

// ---- what libtorrent asks ----

TEST_F(TorrentMemory, KeepsWhatIsInRamThroughARecheck) {
  m_session.put(m_torrent, m_bytes, 0, 6);
  m_torrent.force_recheck();
  EXPECT_TRUE(
      m_session.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::torrent_checked_alert>(&a) != nullptr; }));
  EXPECT_EQ(had(m_torrent), 6);
  EXPECT_EQ(used(m_torrent), 6 * piece_length_bytes);
}

TEST_F(TorrentMemory, SavesResumeDataThatClaimsNothing) {
  m_session.put(m_torrent, m_bytes, 0, 6);
  m_torrent.save_resume_data();
  std::optional<lt::add_torrent_params> saved;
  EXPECT_TRUE(m_session.wait_for([&](lt::alert const& a) {
    if (auto const* const data = lt::alert_cast<lt::save_resume_data_alert>(&a)) saved = data->params;
    return saved.has_value();
  }));
  ASSERT_TRUE(saved);
  EXPECT_GT(saved->have_pieces.count(), 0) << "libtorrent takes RAM for a disk";
  forget_pieces_in_memory(*saved);
  auto const loaded = lt::read_resume_data(lt::write_resume_data_buf(*saved));
  EXPECT_EQ(loaded.have_pieces.count(), 0);
  EXPECT_TRUE(loaded.unfinished_pieces.empty());
}

TEST_F(TorrentMemory, FindsNothingWhereResumeDataClaimsAnotherProcessesRam) {
  uniform_torrent const claimed(5'000, 16 * 1024, "claimed");
  lt::add_torrent_params params;
  params.have_pieces.resize(claimed.num_pieces(), true);
  auto const torrent = m_session.add(claimed, params);
  EXPECT_EQ(had(torrent), 0);
  EXPECT_EQ(m_session.problems(), std::vector<std::string>{});
}

} // namespace memtorrent::test
