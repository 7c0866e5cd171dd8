// Players: threads that read what has passed, while the network thread writes more into the same torrent. libtorrent's
// disk_interface is for the network thread alone, so there is nothing of libtorrent's to compare with.

#include "cache/memory_storage.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace memtorrent::bench {
namespace {

constexpr std::int64_t piece_bytes = 1 << 20;
constexpr int passed_pieces = 64;
constexpr std::int64_t passed_bytes = passed_pieces * piece_bytes;
// As much as the HTTP server asks for at once.
constexpr std::int64_t read_bytes = 256 * 1024;

lt::file_storage layout() {
  lt::file_storage files;
  files.add_file("film", 2 * passed_bytes);
  files.set_piece_length(static_cast<int>(piece_bytes));
  files.set_num_pieces(2 * passed_pieces);
  return files;
}

// A torrent whose first half has passed. The second half arrives, passes and is let go, over and over.
class arriving_torrent {
 public:
  arriving_torrent() {
    for (int piece = 0; piece < passed_pieces; ++piece) write(piece);
    m_network_thread = std::thread([this] {
      for (int turn = 0; !m_stopped; ++turn) {
        int const piece = passed_pieces + turn % passed_pieces;
        write(piece);
        m_storage.evict(lt::piece_index_t(piece));
        m_written_bytes += piece_bytes;
      }
    });
  }
  arriving_torrent(arriving_torrent const&) = delete;
  arriving_torrent& operator=(arriving_torrent const&) = delete;
  ~arriving_torrent() {
    m_stopped = true;
    m_network_thread.join();
  }

  memory_storage& storage() { return m_storage; }
  [[nodiscard]] std::int64_t written_bytes() const { return m_written_bytes; }
  /// A write was refused.
  [[nodiscard]] bool has_failed() const { return m_failed; }

 private:
  void write(int piece) {
    for (int offset = 0; offset < piece_bytes; offset += block_size_bytes)
      if (!m_storage.write(lt::piece_index_t(piece), offset, m_block)) m_failed = true;
    m_storage.mark_passed(lt::piece_index_t(piece));
  }

  std::vector<char> const m_block = std::vector<char>(block_size_bytes, 'x');
  memory_storage m_storage{piece_geometry(layout()), block_arena::create(4 * passed_bytes)};
  std::atomic<bool> m_stopped{false};
  std::atomic<bool> m_failed{false};
  std::atomic<std::int64_t> m_written_bytes{0};
  std::thread m_network_thread;
};

// One torrent for all threads. The library lets them go on together at the begin and the end of the loop, so outside of
// it only the first thread may touch the torrent.
class players : public benchmark::Fixture {
 public:
  void SetUp(benchmark::State& state) override {
    if (state.thread_index() == 0) torrent.emplace();
  }
  void TearDown(benchmark::State& state) override {
    if (state.thread_index() == 0) torrent.reset();
  }

 protected:
  std::optional<arriving_torrent> torrent;
};

BENCHMARK_DEFINE_F(players, read_passed)(benchmark::State& state) {
  bool const is_first = state.thread_index() == 0;
  // Each begins somewhere else, as players do.
  std::int64_t offset = state.thread_index() * passed_bytes / state.threads();
  std::int64_t const written_before = is_first ? torrent->written_bytes() : 0;
  std::int64_t read = 0;
  for (auto _ : state) {
    auto const bytes = torrent->storage().read_passed(offset, std::min(read_bytes, passed_bytes - offset));
    for (auto const& slice : bytes) {
      benchmark::DoNotOptimize(*slice.data);
      offset += slice.size_bytes;
      read += slice.size_bytes;
    }
    offset %= passed_bytes;
  }
  state.SetBytesProcessed(read);
  if (!is_first) return;
  if (torrent->has_failed()) state.SkipWithError("a block was not admitted");
  auto const written = static_cast<double>(torrent->written_bytes() - written_before);
  state.counters["written"] =
      benchmark::Counter(written, benchmark::Counter::kIsRate, benchmark::Counter::OneK::kIs1024);
}

BENCHMARK_REGISTER_F(players, read_passed)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

} // namespace
} // namespace memtorrent::bench
