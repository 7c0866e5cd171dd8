#include "support/disk_harness.hpp"
#include "support/map_torrent.hpp"
#include "support/short_names.hpp"

#include <gtest/gtest.h>
#include <libtorrent/add_torrent_params.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// A million random requests to the disk I/O, and to a map that does the same in the simplest way (map_torrent).
//
// Answers are run at random times, and expected to be as the map was when the request was made: that is what
// libtorrent relies on when it forgets a piece and fetches it again while answers are under way. Where everything fits
// every answer must be right; on a small budget it may also be "cancelled".

namespace memtorrent::test {

namespace {

constexpr int num_torrents = 3;
constexpr int num_shapes = 30;
constexpr int most_held_buffers = 40;

/// Any layout of some ten pieces: of either version or both, with pads at odd places, with pieces of no whole blocks.
lt::file_storage random_layout(std::mt19937& random) {
  auto const up_to = [&](int most) { return 1 + static_cast<int>(random() % static_cast<unsigned>(most)); };
  int const files = up_to(4);
  switch (random() % 3) {
    case 0: {
      int const piece_bytes =
          std::array{block_bytes / 2, block_bytes, 40'000, 3 * block_bytes, 4 * block_bytes}[random() % 5];
      std::vector<file_in_layout> in_layout;
      for (int f = 0; f < files; ++f) {
        in_layout.push_back({up_to(3 * piece_bytes)});
        if (random() % 2) in_layout.push_back(pad(up_to(2 * piece_bytes)));
      }
      return v1_layout(piece_bytes, in_layout);
    }
    case 1: {
      int const piece_bytes = block_bytes << random() % 3;
      std::vector<std::int64_t> sizes;
      for (int f = 0; f < files; ++f) sizes.push_back(up_to(3 * piece_bytes));
      return hybrid_layout(piece_bytes, sizes);
    }
    default: {
      int const piece_bytes = block_bytes << random() % 3;
      std::vector<std::int64_t> sizes;
      for (int f = 0; f < files; ++f) sizes.push_back(up_to(3 * piece_bytes));
      return v2_layout(piece_bytes, sizes);
    }
  }
}

/// What the harness keeps of everything, for a torrent that is in the session.
struct joined_torrent {
  std::shared_ptr<map_torrent> model;
  std::shared_ptr<bool> has_left;         // shared with the answers that come later
  std::map<int, std::set<int>> hash_jobs; // outstanding, by piece
  lt::storage_holder holder;
};

enum class space { for_all, for_little };

class random_requests {
 public:
  random_requests(unsigned seed, space space_for)
      : m_random(seed), m_space(space_for), m_ram(space_for == space::for_all ? ample_bytes : little_bytes, 2) {
    for (unsigned i = 0; i < num_shapes; ++i)
      m_shapes.push_back(std::make_shared<torrent_bytes>(random_layout(m_random), i));
    for (auto& t : m_torrents) join(t);
  }

  void send(int count) {
    for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
      step();
      expect_within_budget();
    }
  }

  /// Everybody leaves, in one of the ways that there are, and nothing may be left.
  void end() {
    bool const in_the_middle = up_to(2) == 0;
    if (!in_the_middle) {
      m_ram.run_all();
      if (fits()) expect_every_block();
    }
    m_is_ending = true;
    if (up_to(2) == 0) m_ram.io().abort(up_to(2) == 0);
    for (auto& t : m_torrents) leave(t);
    m_ram.run_all();
    while (!m_held.empty()) let_go_of_a_buffer();
    EXPECT_EQ(m_outstanding, 0);
    // A worker that was not waited for (`abort(false)`) holds its run of blocks for a moment longer.
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (m_ram.stats().used_bytes > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(m_ram.stats().used_bytes, 0);
    if (fits()) {
      EXPECT_EQ(m_ram.stats().blocks_dropped, 0);
    }
  }

  int reads_right = 0, reads_cancelled = 0, hashes_right = 0, checks = 0;

 private:
  // All blocks of all torrents, and what lives on while a buffer or an answer holds it.
  static constexpr std::int64_t ample_bytes = std::int64_t{4'000} * block_bytes;
  static constexpr std::int64_t little_bytes = std::int64_t{30} * block_bytes;

  struct held_buffer {
    lt::disk_buffer_holder buffer;
    std::vector<char> expected;
  };

  int up_to(int below) { return static_cast<int>(m_random() % static_cast<unsigned>(below)); }
  [[nodiscard]] bool fits() const { return m_space == space::for_all; }

  // ---- torrents ----

  void join(joined_torrent& t) {
    t.model = std::make_shared<map_torrent>(m_shapes[static_cast<std::size_t>(up_to(num_shapes))]);
    t.has_left = std::make_shared<bool>(false);
    t.hash_jobs.clear();
    std::string const path;
    lt::aux::vector<lt::download_priority_t, lt::file_index_t> const priorities;
    t.holder = m_ram.io().new_torrent(
        lt::storage_params(t.model->layout(), nullptr, path, lt::storage_mode_sparse, priorities, lt::sha1_hash()),
        nullptr);
  }

  static void leave(joined_torrent& t) {
    t.holder.reset();
    *t.has_left = true;
  }

  // ---- one request ----

  void step() {
    auto& t = m_torrents[static_cast<std::size_t>(up_to(num_torrents))];
    int const piece = up_to(t.model->num_pieces());
    int const b = up_to(t.model->num_blocks(piece));
    int const what = up_to(1000);
    if (what < 390)
      write(t, piece, b);
    else if (what < 660)
      read(t, piece);
    else if (what < 700)
      hash(t, piece);
    else if (what < 720)
      hash_block(t, piece, b);
    else if (what < 740)
      clear(t, piece);
    else if (what < 742)
      check(t);
    else if (what < 890)
      for (int answers = up_to(24); answers > 0; --answers) m_ram.run_one_ready();
    else if (what < 985)
      let_go_of_a_buffer();
    else if (what < 995)
      change_budget();
    else
      leave(t), join(t);
  }

  void write(joined_torrent& t, int piece, int b) {
    // libtorrent takes no duplicates of a piece while it is hashed, and peers do not send pads.
    if (!t.hash_jobs[piece].empty() || t.model->is_pad_block(piece, b)) return;
    auto const when = t.model->begin_write(piece, b, ++m_last_number);
    auto const data = t.model->last_written(piece, b);
    lt::peer_request const request{lt::piece_index_t(piece), b * block_bytes, static_cast<int>(data.size())};
    ++m_outstanding;
    m_ram.io().async_write(
        t.holder, request, data.data(), nullptr,
        [this, model = t.model, has_left = t.has_left, piece, b, when](lt::storage_error const& error) {
          --m_outstanding;
          EXPECT_TRUE(!error || error.ec == cancelled()) << error.ec.message();
          model->end_write(piece, b, when, !error);
          if (fits()) {
            EXPECT_TRUE(!error || *has_left || model->may_have_gone(piece, b, when)) << "there was space for it";
            EXPECT_TRUE(error || !*has_left) << "its torrent has left";
          }
        });
  }

  void read(joined_torrent& t, int piece) {
    int const piece_bytes = t.model->piece_bytes(piece);
    bool const whole_block = up_to(2) == 0;
    int const start = whole_block ? up_to(t.model->num_blocks(piece)) * block_bytes : up_to(piece_bytes);
    int const most = std::min(block_bytes, piece_bytes - start);
    int const length = whole_block ? most : up_to(most) + 1;
    ++m_outstanding;
    m_ram.io().async_read(t.holder, {lt::piece_index_t(piece), start, length},
                          [this, model = t.model, when = t.model->now(), piece, start, length](
                              lt::disk_buffer_holder buffer, lt::storage_error const& error) {
                            --m_outstanding;
                            if (error)
                              expect_cancelled_read(*model, piece, start, length, when, error.ec);
                            else
                              expect_read(*model, piece, start, length, when, std::move(buffer));
                          });
  }

  void expect_cancelled_read(map_torrent& model, int piece, int start, int length, map_torrent::moment when,
                             lt::error_code const& error) {
    ++reads_cancelled;
    EXPECT_EQ(error, cancelled());
    EXPECT_FALSE(fits() && model.was_there(piece, start, length, when)) << "it was there";
    // Across blocks it may have been for want of a block to put them together in.
    if (start / block_bytes == (start + length - 1) / block_bytes) model.saw_missing(piece, start / block_bytes, when);
  }

  void expect_read(map_torrent const& model, int piece, int start, int length, map_torrent::moment when,
                   lt::disk_buffer_holder buffer) {
    ASSERT_EQ(buffer.size(), length);
    ASSERT_TRUE(model.can_be(piece, start, {buffer.data(), length}, when)) << "piece " << piece << " from " << start;
    ++reads_right;
    if (m_held.size() >= most_held_buffers) return;
    std::vector<char> expected(buffer.data(), buffer.data() + length);
    m_held.push_back({std::move(buffer), std::move(expected)});
  }

  void hash(joined_torrent& t, int piece) {
    lt::disk_job_flags_t flags = t.model->layout().v2() && up_to(2) ? lt::disk_job_flags_t{} : v1_hash;
    auto const v2 =
        std::make_shared<std::vector<lt::sha256_hash>>(static_cast<std::size_t>(t.model->num_v2_blocks(piece)));
    int const job = ++m_last_job;
    ++m_outstanding;
    t.hash_jobs[piece].insert(job);
    m_ram.io().async_hash(
        t.holder, lt::piece_index_t(piece), *v2, flags,
        [this, &t, model = t.model, has_left = t.has_left, when = t.model->now(), piece, flags, v2, job](
            auto, lt::sha1_hash const& hash, lt::storage_error const& error) {
          --m_outstanding;
          if (!*has_left) t.hash_jobs[piece].erase(job);
          if (error) {
            EXPECT_EQ(error.ec, cancelled());
            EXPECT_FALSE(fits() && !m_is_ending && !*has_left && model->was_complete(piece, when)) << "it was complete";
            return;
          }
          ASSERT_TRUE(!(flags & v1_hash) || model->can_be_v1_hash(piece, hash, when)) << "piece " << piece;
          ASSERT_TRUE(model->can_be_v2_hashes(piece, *v2, when)) << "piece " << piece;
          ++hashes_right;
        });
  }

  void hash_block(joined_torrent& t, int piece, int b) {
    if (b >= t.model->num_v2_blocks(piece)) return;
    ++m_outstanding;
    m_ram.io().async_hash2(
        t.holder, lt::piece_index_t(piece), b * block_bytes, {},
        [this, model = t.model, when = t.model->now(), piece, b](auto, lt::sha256_hash const& hash,
                                                                 lt::storage_error const& error) {
          --m_outstanding;
          if (error) {
            EXPECT_EQ(error.ec, cancelled());
            EXPECT_FALSE(fits() && !m_is_ending && model->was_there(piece, b * block_bytes, 1, when)) << "it was there";
            return;
          }
          ASSERT_TRUE(model->can_be_v2_hash(piece, b, hash, when)) << "piece " << piece << " block " << b;
          ++hashes_right;
        });
  }

  void clear(joined_torrent& t, int piece) {
    if (t.model->was_complete(piece, 0)) return; // all pad: DiskOrder.ClearsAPieceThatIsAllPadBehindItsHash
    ++m_outstanding;
    m_ram.io().async_clear_piece(
        t.holder, lt::piece_index_t(piece),
        [this, &t, has_left = t.has_left, before = t.hash_jobs[piece], piece](lt::piece_index_t cleared) {
          --m_outstanding;
          EXPECT_EQ(cleared, lt::piece_index_t(piece));
          if (*has_left || m_is_ending) return;
          for (int const job : before) EXPECT_FALSE(t.hash_jobs[piece].count(job)) << "it is still being hashed";
        });
  }

  void check(joined_torrent& t) {
    bool has_a_piece = false;
    for (int p = 0; p < t.model->num_pieces(); ++p) {
      bool const is_all_pad = t.model->was_complete(p, 0);
      has_a_piece = has_a_piece || (!is_all_pad && t.model->was_complete(p, t.model->now()));
    }
    t.model->begin_check();
    ++m_outstanding;
    m_ram.io().async_check_files(t.holder, nullptr, {},
                                 [this, has_a_piece](lt::status_t status, lt::storage_error const& error) {
                                   --m_outstanding;
                                   ++checks;
                                   if (!fits()) return;
                                   EXPECT_FALSE(error);
                                   EXPECT_TRUE(!has_a_piece || status == lt::status_t::need_full_check);
                                 });
  }

  void let_go_of_a_buffer() {
    if (m_held.empty()) return;
    auto& held = m_held[static_cast<std::size_t>(up_to(static_cast<int>(m_held.size())))];
    EXPECT_EQ(std::memcmp(held.buffer.data(), held.expected.data(), held.expected.size()), 0) << "it changed";
    std::swap(held, m_held.back());
    m_held.pop_back();
  }

  // ---- the budget ----

  void change_budget() {
    if (fits()) return;
    // Workers give blocks back meanwhile, but nobody takes any.
    m_most_bytes = m_ram.stats().used_bytes;
    m_ram.disk().set_budget(little_bytes / 2 + std::int64_t{up_to(30)} * block_bytes);
  }

  /// Above the budget it may be only since the budget was lowered, and on the way down.
  void expect_within_budget() {
    auto const s = m_ram.stats();
    ASSERT_LE(s.used_bytes, std::max(s.budget_bytes, m_most_bytes));
    m_most_bytes = std::min(m_most_bytes, s.used_bytes);
    m_largest_budget = std::max(m_largest_budget, s.budget_bytes);
    ASSERT_LE(s.peak_bytes, m_largest_budget);
  }

  void expect_every_block() {
    for (auto& t : m_torrents)
      for (int p = 0; p < t.model->num_pieces(); ++p)
        for (int start = 0; start < t.model->piece_bytes(p); start += block_bytes) {
          int const length = std::min(block_bytes, t.model->piece_bytes(p) - start);
          m_ram.io().async_read(
              t.holder, {lt::piece_index_t(p), start, length},
              [&, p, start, length](lt::disk_buffer_holder const& buffer, auto const& error) {
                EXPECT_TRUE(!error || !t.model->was_there(p, start, length, t.model->now()));
                EXPECT_TRUE(error || t.model->can_be(p, start, {buffer.data(), length}, t.model->now()));
              });
        }
    m_ram.run_all();
  }

  std::mt19937 m_random;
  space const m_space;
  std::vector<std::shared_ptr<torrent_bytes const>> m_shapes;
  disk_harness m_ram;
  std::array<joined_torrent, num_torrents> m_torrents;
  std::vector<held_buffer> m_held;
  std::uint64_t m_last_number = 0;
  int m_last_job = 0;
  int m_outstanding = 0;
  bool m_is_ending = false;
  std::int64_t m_most_bytes = 0;
  std::int64_t m_largest_budget = 0;
};

} // namespace

// Four seeds of a quarter of the half each, so that a failure is found again in seconds.
constexpr int requests_a_seed = 125'000;

TEST(MemoryDiskIoModel, AgreesWithAMapWhenEverythingFits) {
  for (unsigned const seed : {1, 2, 3, 4}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_requests requests(seed, space::for_all);
    requests.send(requests_a_seed);
    requests.end();
    EXPECT_GT(requests.reads_right, 10'000);
    EXPECT_GT(requests.hashes_right, 1'000);
    EXPECT_GT(requests.checks, 80);
  }
}

TEST(MemoryDiskIoModel, AgreesWithAMapForWhatIsThereOnASmallBudget) {
  for (unsigned const seed : {5, 6, 7, 8}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_requests requests(seed, space::for_little);
    requests.send(requests_a_seed);
    requests.end();
    EXPECT_GT(requests.reads_right, 2'000);
    EXPECT_GT(requests.hashes_right, 100);
    EXPECT_GT(requests.reads_cancelled, 2'000);
  }
}

} // namespace memtorrent::test
