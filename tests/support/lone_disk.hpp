// A disk I/O without a session: the test is libtorrent's network thread. It calls lt::disk_interface, and runs the
// io_context itself, so it decides what happens before an answer and what after.
//
//   file_disk disk(disk_kind::posix, 1);
//   disk_torrent film(disk, v1_layout(32 * KiB, {{100 * KiB}}));
//   film.write_piece(0);
//   EXPECT_EQ(film.read(0, 100, 200).says(), "right");
//
// There is one for memory (disk_harness.hpp), one for files (file_disk.hpp), one for both (routed_disk.hpp), and tests
// for all of them (any_disk.hpp).

#pragma once

#include "support/answer_watch.hpp"
#include "support/where_they_differ.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/io_context.hpp>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/settings_pack.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace memtorrent::test {

/// Fails the test when an answer is not given as libtorrent expects (answer_watch), or when it does not come to an end.
class lone_disk {
 public:
  lone_disk(lone_disk const&) = delete;
  lone_disk& operator=(lone_disk const&) = delete;
  virtual ~lone_disk() { end_session(); }

  [[nodiscard]] lt::disk_interface& io() { return *m_io; }
  [[nodiscard]] lt::settings_pack& settings() { return m_settings; }
  [[nodiscard]] lt::counters& counters() { return m_counters; }
  [[nodiscard]] answer_watch const& answers() const { return *m_io; }

  [[nodiscard]] disk_kind kind() const { return m_kind; }
  [[nodiscard]] bool has(habit what) const { return has_habit(m_kind, what); }

  /// A directory for one more torrent. Memory never makes it.
  [[nodiscard]] virtual std::filesystem::path new_save_path() = 0;

  /// Returns when no worker holds a block of what was written.
  virtual void wait_for_workers() {}

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

 protected:
  explicit lone_disk(disk_kind kind);
  /// As a session does. `threads`: for hashing, and for libtorrent's own disks also for the rest.
  void begin_session(lt::disk_io_constructor_type const& constructor, int threads);

 private:
  void run_to_the_end();

  disk_kind const m_kind;
  lt::settings_pack m_settings;
  lt::counters m_counters;
  std::unique_ptr<lt::io_context> m_network_thread;
  std::unique_ptr<answer_watch> m_io;
};

} // namespace memtorrent::test
