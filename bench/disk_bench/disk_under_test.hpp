// A disk I/O without a session: the bench is libtorrent's network thread. It calls lt::disk_interface, and runs the
// io_context itself whenever a session would.
//
//   disk_under_test disk(disk_kind::mmap, {.size_bytes = 64 * MiB, .piece_length_bytes = 1 * MiB});
//   disk.write_block(piece, block);
//   disk.finish();
//
// What fails makes `run_ready` and `finish` throw `std::runtime_error`: a figure of work that was not done is worse
// than none.

#pragma once

#include "disk_bench/tmpfs_folder.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <libtorrent/disk_interface.hpp>
#include <libtorrent/file_storage.hpp>
#include <libtorrent/io_context.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/settings_pack.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::bench {

inline constexpr std::int64_t KiB = 1024;
inline constexpr std::int64_t MiB = 1024 * KiB;

enum class disk_kind { memtorrent, posix, mmap };

class disk_under_test {
 public:
  struct options {
    std::int64_t size_bytes = 64 * MiB;
    std::int64_t piece_length_bytes = MiB;
    int hashing_threads = 1;
    /// Of memtorrent; 0 for twice the size.
    std::int64_t budget_bytes = 0;
  };

  disk_under_test(disk_kind kind, options const& o);
  disk_under_test(disk_under_test const&) = delete;
  disk_under_test& operator=(disk_under_test const&) = delete;
  ~disk_under_test();

  [[nodiscard]] int num_pieces() const { return m_layout.num_pieces(); }
  [[nodiscard]] int blocks_in_piece() const;

  /// Ask; answers come when the network thread runs. All blocks have the same bytes.
  void write_block(int piece, int block);
  void hash_piece(int piece, std::function<void()> then = {});
  void read_block(int piece, int block);

  /// Runs the answers that are there, as the network thread does between two things that it receives. Waits while the
  /// disk I/O accepts no more writes.
  void run_ready();
  /// Runs answers until no more than `most` are outstanding.
  void finish(int most = 0);
  [[nodiscard]] int outstanding() const { return m_outstanding; }

  /// The same torrent again, with nothing of it there.
  void start_over();
  /// Writes the first `pieces` of it, in order, or all.
  void fill() { fill(num_pieces()); }
  void fill(int pieces);

 private:
  class space_watcher;

  void add_torrent();
  void answered(lt::storage_error const& error);
  void fail(std::string sentence);
  void throw_failure();

  options const m_options;
  tmpfs_folder const m_folder;
  lt::file_storage m_layout;
  std::vector<char> m_block;
  lt::sha1_hash m_piece_hash;
  lt::settings_pack m_settings;
  lt::counters m_counters;
  lt::io_context m_network_thread{1};
  boost::asio::executor_work_guard<lt::io_context::executor_type> m_work;
  std::shared_ptr<space_watcher> m_watcher;
  std::unique_ptr<lt::disk_interface> m_disk;
  lt::storage_holder m_torrent;
  int m_outstanding = 0;
  // The first failure, in a sentence.
  std::string m_failure;
};

} // namespace memtorrent::bench
