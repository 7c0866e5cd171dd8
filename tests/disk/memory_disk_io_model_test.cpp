#include "support/disk_harness.hpp"

#include <gtest/gtest.h>
#include <libtorrent/hasher.hpp>

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

// Random requests to the disk I/O and to a map that does the same in the simplest way.
//
// Answers are run at random times, and expected to be as the map was when the request was made: that is what
// libtorrent relies on when it forgets a piece and fetches it again while answers are under way.

namespace memtorrent::test {

namespace {

constexpr int blocks_per_piece = 3;
constexpr int piece_bytes = 40'000; // the last block is short
constexpr int num_pieces = 12;
constexpr int num_torrents = 3;
constexpr std::int64_t all_blocks_bytes = std::int64_t{num_torrents} * num_pieces * blocks_per_piece * block_size_bytes;

int bytes_of(int block) { return std::min(block_size_bytes, piece_bytes - block * block_size_bytes); }

/// Which of all bytes that were ever written a block holds; every word of it says so, and where it belongs.
std::vector<char> block_number(std::uint64_t number, int bytes) {
  std::vector<char> block(static_cast<std::size_t>(bytes));
  for (std::size_t at = 0; at < block.size(); at += sizeof number) {
    auto const word = number * 2048 + at / sizeof number;
    std::memcpy(block.data() + at, &word, std::min(sizeof word, block.size() - at));
  }
  return block;
}

using piece_model = std::array<std::optional<std::vector<char>>, blocks_per_piece>;

struct torrent_model {
  std::map<int, piece_model> pieces;
  std::map<int, int> hash_jobs; // by piece
  int joined = 0;               // how often it was added
  lt::storage_holder holder;
};

class random_requests {
 public:
  random_requests(unsigned seed, std::int64_t budget_bytes, bool all_fits)
      : m_random(seed), m_all_fits(all_fits), m_budget_bytes(budget_bytes), m_ram(budget_bytes, 2) {
    for (auto& t : m_torrents) add(t);
  }

  void send(int count) {
    for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
      step();
      ASSERT_LE(m_ram.stats().used_bytes, m_budget_bytes) << "after " << i;
      ASSERT_LE(m_ram.stats().peak_bytes, m_budget_bytes) << "after " << i;
    }
    m_ram.run_all();
    if (m_all_fits) {
      EXPECT_EQ(m_ram.stats().blocks_dropped, 0);
    }
    m_held.clear();
    m_ram.run_all();
    expect_every_block();
    for (auto& t : m_torrents) t.holder.reset();
    EXPECT_EQ(m_outstanding, 0);
  }

  [[nodiscard]] int reads_right() const { return m_reads_right; }
  [[nodiscard]] int hashes_right() const { return m_hashes_right; }
  [[nodiscard]] int reads_cancelled() const { return m_reads_cancelled; }

 private:
  struct held_buffer {
    lt::disk_buffer_holder buffer;
    std::vector<char> expected;
  };

  int up_to(int below) { return static_cast<int>(m_random() % static_cast<unsigned>(below)); }

  void add(torrent_model& t) {
    std::string const path;
    lt::aux::vector<lt::download_priority_t, lt::file_index_t> const priorities;
    t.pieces.clear();
    t.hash_jobs.clear();
    ++t.joined;
    t.holder = m_ram.io().new_torrent(
        lt::storage_params(m_layout, nullptr, path, lt::storage_mode_sparse, priorities, lt::sha1_hash()), nullptr);
  }

  void step() {
    auto& t = m_torrents[static_cast<std::size_t>(up_to(num_torrents))];
    int const piece = up_to(num_pieces);
    int const what = up_to(1000);
    if (what < 400)
      write(t, piece, up_to(blocks_per_piece));
    else if (what < 700)
      read(t, piece);
    else if (what < 760)
      hash(t, piece);
    else if (what < 900)
      for (int answers = up_to(24); answers > 0; --answers) m_ram.run_one_ready();
    else if (what < 995)
      let_go_of_a_buffer();
    else
      leave_and_return(t);
  }

  void write(torrent_model& t, int piece, int block) {
    // libtorrent takes no duplicates of a piece while it is hashed.
    if (t.hash_jobs[piece] > 0) return;
    auto data = block_number(++m_last_number, bytes_of(block));
    lt::peer_request const request{lt::piece_index_t(piece), block * block_size_bytes, bytes_of(block)};
    ++m_outstanding;
    bool const full = m_ram.io().async_write(
        t.holder, request, data.data(), nullptr, [this, &t, joined = t.joined](lt::storage_error const& error) {
          --m_outstanding;
          EXPECT_TRUE(!error || error.ec == cancelled());
          if (m_all_fits) {
            EXPECT_EQ(!error, t.joined == joined) << "cancelled exactly if its torrent left";
          }
        });
    if (full) {
      EXPECT_FALSE(m_all_fits);
      return;
    }
    auto& blocks = t.pieces[piece];
    if (!m_all_fits) forget_if_evicted(t, piece, block);
    blocks[static_cast<std::size_t>(block)] = std::move(data);
    expect_there(t, piece, block);
  }

  /// The piece may have been evicted before the block came that was just written: then that is its only one.
  void forget_if_evicted(torrent_model& t, int piece, int but_block) {
    auto& blocks = t.pieces[piece];
    for (int b = 0; b < blocks_per_piece; ++b)
      if (b != but_block && blocks[static_cast<std::size_t>(b)] && !is_there(t, piece, b)) blocks = {};
  }

  /// What was just written cannot have gone.
  void expect_there(torrent_model& t, int piece, int block) {
    lt::peer_request const request{lt::piece_index_t(piece), block * block_size_bytes, 1};
    m_ram.io().async_read(t.holder, request, [](lt::disk_buffer_holder const& buffer, lt::storage_error const& error) {
      EXPECT_FALSE(error);
      EXPECT_TRUE(buffer);
    });
  }

  /// Runs what is outstanding, too.
  bool is_there(torrent_model& t, int piece, int block) {
    std::optional<bool> there;
    lt::peer_request const request{lt::piece_index_t(piece), block * block_size_bytes, 1};
    m_ram.io().async_read(t.holder, request, [&there](lt::disk_buffer_holder const& buffer, auto const&) {
      there = static_cast<bool>(buffer);
    });
    m_ram.run_until([&] { return there.has_value(); });
    return *there;
  }

  void read(torrent_model& t, int piece) {
    bool const whole_block = up_to(2) == 0;
    int const start = whole_block ? up_to(blocks_per_piece) * block_size_bytes : up_to(piece_bytes);
    int const most = std::min(block_size_bytes, piece_bytes - start);
    int const length = whole_block ? most : up_to(most) + 1;
    auto expected = bytes_at(t, piece, start, length);
    ++m_outstanding;
    m_ram.io().async_read(t.holder, {lt::piece_index_t(piece), start, length},
                          [this, expected = std::move(expected)](lt::disk_buffer_holder buffer, auto const& error) {
                            --m_outstanding;
                            compare_read(std::move(buffer), error.ec, expected);
                          });
  }

  void compare_read(lt::disk_buffer_holder buffer, lt::error_code error, std::vector<char> const& expected) {
    if (error) {
      EXPECT_EQ(error, cancelled());
      EXPECT_FALSE(buffer);
      EXPECT_TRUE(expected.empty() || !m_all_fits) << "it was there";
      ++m_reads_cancelled;
      return;
    }
    ASSERT_EQ(buffer.size(), std::ssize(expected));
    ASSERT_EQ(std::memcmp(buffer.data(), expected.data(), expected.size()), 0);
    ++m_reads_right;
    if (m_held.size() < 10) m_held.push_back({std::move(buffer), expected});
  }

  /// What a read must give; empty if a byte of it is not there.
  std::vector<char> bytes_at(torrent_model& t, int piece, int start, int length) {
    auto const found = t.pieces.find(piece);
    if (found == t.pieces.end()) return {};
    std::vector<char> bytes;
    while (length > 0) {
      auto const& block = found->second[static_cast<std::size_t>(start / block_size_bytes)];
      if (!block) return {};
      int const in_block = start % block_size_bytes;
      int const size = std::min(length, bytes_of(start / block_size_bytes) - in_block);
      bytes.insert(bytes.end(), block->begin() + in_block, block->begin() + in_block + size);
      start += size;
      length -= size;
    }
    return bytes;
  }

  void hash(torrent_model& t, int piece) {
    auto const all = bytes_at(t, piece, 0, piece_bytes);
    std::optional<lt::sha1_hash> expected;
    if (!all.empty()) expected = lt::hasher(all).final();
    ++m_outstanding;
    ++t.hash_jobs[piece];
    m_ram.io().async_hash(t.holder, lt::piece_index_t(piece), {}, lt::disk_interface::v1_hash,
                          [=, this, &t, joined = t.joined](auto, lt::sha1_hash const& hash, auto const& error) {
                            --m_outstanding;
                            if (t.joined == joined) --t.hash_jobs[piece];
                            if (error) {
                              EXPECT_EQ(error.ec, cancelled());
                              EXPECT_TRUE(!expected || !m_all_fits || t.joined != joined) << "it was complete";
                              return;
                            }
                            ASSERT_TRUE(expected);
                            EXPECT_TRUE(hash == *expected);
                            ++m_hashes_right;
                          });
  }

  void let_go_of_a_buffer() {
    if (m_held.empty()) return;
    auto& held = m_held[static_cast<std::size_t>(up_to(static_cast<int>(m_held.size())))];
    EXPECT_EQ(std::memcmp(held.buffer.data(), held.expected.data(), held.expected.size()), 0) << "it changed";
    std::swap(held, m_held.back());
    m_held.pop_back();
  }

  void leave_and_return(torrent_model& t) {
    t.holder.reset();
    add(t);
  }

  void expect_every_block() {
    for (auto& t : m_torrents)
      for (auto const& [piece, blocks] : t.pieces)
        for (int b = 0; b < blocks_per_piece; ++b)
          if (m_all_fits) {
            EXPECT_EQ(is_there(t, piece, b), blocks[static_cast<std::size_t>(b)].has_value());
          }
  }

  std::mt19937 m_random;
  bool const m_all_fits;
  std::int64_t const m_budget_bytes;
  lt::file_storage const m_layout = v1_layout(piece_bytes, {{std::int64_t{num_pieces} * piece_bytes}});
  disk_harness m_ram;
  std::array<torrent_model, num_torrents> m_torrents;
  std::vector<held_buffer> m_held;
  std::uint64_t m_last_number = 0;
  int m_outstanding = 0;
  int m_reads_right = 0;
  int m_reads_cancelled = 0;
  int m_hashes_right = 0;
};

} // namespace

TEST(MemoryDiskIoModel, AgreesWithAMapWhenEverythingFits) {
  // Replaced blocks live on while a buffer or an answer holds them.
  random_requests requests(1, all_blocks_bytes + 4000 * block_size_bytes, true);
  requests.send(100'000);
  EXPECT_GT(requests.reads_right(), 1'000);
  EXPECT_GT(requests.hashes_right(), 1'000);
}

TEST(MemoryDiskIoModel, AgreesWithAMapForWhatIsThereOnASmallBudget) {
  random_requests requests(2, all_blocks_bytes / 4, false);
  requests.send(50'000);
  EXPECT_GT(requests.reads_right(), 1'000);
  EXPECT_GT(requests.hashes_right(), 20);
  EXPECT_GT(requests.reads_cancelled(), 1'000);
}

} // namespace memtorrent::test
