// A memory disk I/O without a session: the test is libtorrent's network thread. It calls lt::disk_interface, and runs
// the io_context itself, so it decides what happens before an answer and what after.
//
//   disk_harness ram(64_blocks);
//   disk_torrent film(ram, v1_layout(32 * KiB, {{100 * KiB}}));
//   film.write_piece(0);
//   EXPECT_EQ(film.read(0, 100, 200).says(), "right");
//
// The torrents of this harness have no lt::torrent behind them, so there is no picker to tell when a piece goes.

#pragma once

#include "disk/memory_disk_state.hpp"
#include "memtorrent/memory_disk_io.hpp"
#include "support/layout.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/io_context.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/settings_pack.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::test {

/// Fails the test when it goes and any block is still alive: hold buffers for a shorter time.
class disk_harness {
 public:
  explicit disk_harness(std::int64_t budget_bytes, int hashing_threads = 1);
  disk_harness(disk_harness const&) = delete;
  disk_harness& operator=(disk_harness const&) = delete;
  ~disk_harness();

  [[nodiscard]] lt::disk_interface& io() { return *m_io; }
  [[nodiscard]] memory_disk& disk() { return m_disk; }
  [[nodiscard]] memory_stats stats() const { return m_disk.stats(); }
  [[nodiscard]] lt::settings_pack& settings() { return m_settings; }
  [[nodiscard]] memory_disk_constructor const& constructor() const { return m_constructor; }

  /// Runs answers until `done`. Throws when it takes too long, or when nothing is left that could be waited for.
  void run_until(std::function<bool()> const& done);
  /// Runs answers until none is outstanding, hash jobs included.
  void run_all();
  /// Runs one answer that is ready; false if none is.
  bool run_one_ready();

  /// What a session does at its end: abort, run what is outstanding, destroy the disk I/O, then the io_context.
  void end_session();
  /// The same, but what is outstanding is never run.
  void end_session_abruptly();

 private:
  lt::settings_pack m_settings;
  lt::counters m_counters;
  memory_disk_constructor m_constructor;
  memory_disk m_disk;
  std::unique_ptr<lt::io_context> m_network_thread;
  std::unique_ptr<lt::disk_interface> m_io;
};

/// What a job answered.
struct read_answer {
  lt::error_code error;
  lt::disk_buffer_holder buffer;
  /// What the buffer should hold.
  std::vector<char> expected;

  /// "right", "wrong from byte N on", or the error's message.
  [[nodiscard]] std::string says() const;
};

struct hash_answer {
  lt::error_code error;
  lt::sha1_hash v1;
  std::vector<lt::sha256_hash> v2;
};

/// libtorrent's word for "no longer wanted, and nobody's fault".
lt::error_code cancelled();

/// A torrent in a harness, and the bytes that it is made of. It leaves the session when it goes.
class disk_torrent {
 public:
  disk_torrent(disk_harness& ram, lt::file_storage layout, std::uint64_t seed = 1);

  [[nodiscard]] lt::storage_index_t index() const { return m_holder; }
  [[nodiscard]] torrent_bytes const& bytes() const { return m_bytes; }
  [[nodiscard]] int num_pieces() const { return m_layout.num_pieces(); }
  void remove() { m_holder.reset(); }

  /// One request, run until it is answered.
  lt::error_code write(int piece, int block);
  read_answer read(int piece, int start, int length);
  hash_answer hash(int piece, lt::disk_job_flags_t flags = lt::disk_interface::v1_hash);
  hash_answer hash_block(int piece, int block);

  /// All that peers send of a piece, or of the torrent; expects no error.
  void write_piece(int piece);
  void write_all();
  /// Pieces of which a byte can be read. Asks in order, which counts as a use of each.
  std::vector<int> pieces_there();

  /// The bare requests: what `async_write` returned.
  bool begin_write(int piece, int block, std::function<void(lt::storage_error const&)> handler,
                   std::shared_ptr<lt::disk_observer> observer = nullptr);
  void begin_read(int piece, int start, int length, std::function<void(read_answer)> handler);
  void begin_hash(int piece, lt::disk_job_flags_t flags, std::function<void(hash_answer)> handler);

 private:
  disk_harness& m_ram;
  lt::file_storage m_layout;
  torrent_bytes m_bytes;
  lt::storage_holder m_holder;
};

} // namespace memtorrent::test
