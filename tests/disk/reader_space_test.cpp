#include "disk/reader_space.hpp"

#include "support/deaf_listener.hpp"
#include "support/layout.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>
#include <libtorrent/performance_counters.hpp>

#include <memory>
#include <vector>

namespace memtorrent::test {

namespace {

constexpr std::int64_t budget_bytes = 16 * block_bytes;

/// Torrents of eight pieces of two blocks, on a budget of eight pieces. The test is the network thread.
class ReaderSpace : public testing::Test {
 protected:
  struct torrent {
    std::shared_ptr<memory_storage> storage;
    std::shared_ptr<deaf_listener> stream = std::make_shared<deaf_listener>();
  };

  torrent add() {
    torrent added{
        std::make_shared<memory_storage>(piece_geometry(v1_layout(32 * KiB, {{8 * 32 * KiB}})), m_state->arena())};
    torrent_slot slot;
    slot.storage = added.storage;
    m_slots.add(std::move(slot));
    m_state->add(added.storage.get(), added.storage);
    m_space.set_listener(*added.storage, added.stream);
    return added;
  }

  /// One reader, that came with this seek.
  static readers_need one_reader(std::uint64_t seek_number) { return {weight_of_one, {seek_number}, {}}; }

  void run_posted() {
    m_io.restart();
    m_io.poll();
  }

  static constexpr int weight_of_one = 4;

  lt::io_context m_io{1};
  lt::counters m_counters;
  std::shared_ptr<memory_disk_state> m_state = std::make_shared<memory_disk_state>([] {
    memory_disk_config config;
    config.budget_bytes = budget_bytes;
    return config;
  }());
  torrent_slots m_slots;
  space_signal const m_signal{m_state->network(), [] {}};
  evictor m_evictor{m_slots, *m_state->arena(), *m_state->network(), m_state->counts(), m_counters};
  back_pressure m_pressure{m_io, *m_state->arena(), m_slots, m_evictor, m_signal};
  reader_space m_space{m_io, *m_state, m_slots, m_evictor, m_pressure, m_signal};
};

} // namespace

TEST_F(ReaderSpace, AnswersANeedWithTheShareOfIt) {
  auto const a = add();
  EXPECT_EQ(m_space.set_need(*a.storage, one_reader(1)).bytes, budget_bytes);
  auto const b = add();
  auto const share = m_space.set_need(*b.storage, one_reader(2));
  EXPECT_EQ(share.bytes, budget_bytes / 2);
  EXPECT_EQ(share.fitting.heads, 1);
  EXPECT_EQ(m_state->shares().share_of(*a.storage).bytes, budget_bytes / 2);
}

// Else every seek would be planned twice: once for the seek, and once more for the change that it makes itself.
TEST_F(ReaderSpace, TellsOthersOfTheirNewSharesAndNotWhoeverChangedThem) {
  auto const a = add();
  auto const b = add();
  m_space.set_need(*a.storage, one_reader(1));
  EXPECT_EQ(a.stream->share_changes, 0);
  m_space.set_need(*b.storage, one_reader(2));
  EXPECT_EQ(a.stream->share_changes, 1);
  EXPECT_EQ(b.stream->share_changes, 0);
}

TEST_F(ReaderSpace, TellsNobodyOfASeekThatChangesNoShare) {
  auto const a = add();
  auto const b = add();
  m_space.set_need(*a.storage, one_reader(1));
  m_space.set_need(*b.storage, one_reader(2));
  m_space.set_need(*b.storage, one_reader(3));
  EXPECT_EQ(a.stream->share_changes, 1);
  EXPECT_EQ(b.stream->share_changes, 0);
}

TEST_F(ReaderSpace, TellsEachReadTorrentOfANewBudget) {
  auto const a = add();
  auto const unread = add();
  m_space.set_need(*a.storage, one_reader(1));
  m_state->attach(m_io, m_space);
  m_state->set_budget(budget_bytes / 2);
  EXPECT_EQ(m_state->shares().share_of(*a.storage).bytes, budget_bytes / 2) << "at once, on any thread";
  run_posted();
  EXPECT_EQ(a.stream->share_changes, 1);
  EXPECT_EQ(unread.stream->share_changes, 0);
  m_state->detach();
}

TEST_F(ReaderSpace, GivesBackTheShareOfATorrentThatLeaves) {
  auto const a = add();
  auto const b = add();
  m_space.set_need(*a.storage, one_reader(1));
  m_space.set_need(*b.storage, one_reader(2));
  m_state->remove(*b.storage);
  m_space.limits_changed();
  EXPECT_EQ(a.stream->share_changes, 2);
  EXPECT_EQ(m_state->shares().share_of(*a.storage).bytes, budget_bytes);
}

TEST_F(ReaderSpace, PinsOfANewShareWhatItAllows) {
  auto const a = add();
  auto const b = add();
  lt::piece_index_t const first(0);
  m_space.set_need(*a.storage, one_reader(1));
  m_space.set_pinned(*a.storage, {{first, lt::piece_index_t(4)}});
  EXPECT_EQ(a.storage->order().pinned(), (std::vector<piece_range>{{first, lt::piece_index_t(4)}}));
  m_space.set_need(*b.storage, one_reader(2));
  EXPECT_EQ(a.storage->order().pinned(), (std::vector<piece_range>{{first, lt::piece_index_t(2)}}));
}

TEST_F(ReaderSpace, DoesNothingForATorrentThatHasLeft) {
  memory_storage gone(piece_geometry(v1_layout(32 * KiB, {{32 * KiB}})), m_state->arena());
  EXPECT_EQ(m_space.set_need(gone, one_reader(1)).bytes, 0);
  EXPECT_TRUE(m_space.set_file_ends(gone, {{lt::piece_index_t(0), lt::piece_index_t(1)}}).empty());
  EXPECT_FALSE(m_space.listener_of(gone));
}

} // namespace memtorrent::test
