// Sessions as Go holds them, and the disk I/O they are made with. No exception leaves this: errors are error_codes, and
// what asks a session that is gone gives what a default object holds.

#pragma once

#include "add_torrent_params.hpp"
#include "call_gate.hpp"
#include "memtorrent/memory_disk.hpp"
#include "settings_by_name.hpp"

#include <libtorrent/alert.hpp>
#include <libtorrent/io_context.hpp>
#include <libtorrent/session.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::go {

/// What makes a session's disk I/O. A value: each session that is given it makes one of its own.
class disk_io_constructor {
 public:
  enum class kind { hybrid, memory, files };

  disk_io_constructor() = default;

  /// Torrents go to files, but those with `SetMemoryStorage` to RAM. With 0 bytes the budget is what these were given
  /// together, else that many bytes for all of them.
  static disk_io_constructor hybrid(std::int64_t bytes) { return {kind::hybrid, bytes}; }
  /// All torrents go to RAM, within a budget of that many bytes.
  static disk_io_constructor memory(std::int64_t bytes) { return {kind::memory, bytes}; }
  /// What libtorrent brings.
  static disk_io_constructor files() { return {kind::files, 0}; }

  [[nodiscard]] kind what() const noexcept { return m_kind; }
  [[nodiscard]] std::int64_t bytes() const noexcept { return m_bytes; }

 private:
  disk_io_constructor(kind what, std::int64_t bytes) : m_kind(what), m_bytes(bytes) {}

  kind m_kind = kind::hybrid;
  std::int64_t m_bytes = 0;
};

struct session_params {
  settings_pack settings;
  disk_io_constructor disk;
};

/// What a session and its handles share.
struct session_memory {
  /// None when the session keeps everything in files.
  std::optional<memory_disk> disk;
  /// Where torrents go that say nothing.
  bool is_default = false;
  /// `force_proxy` was set, and not unset.
  std::atomic<bool> force_proxy{false};
  /// What is asked of the session goes through here. Closed when the session begins to end.
  call_gate calls;
  /// Its torrents are in here, each for as long as it lives.
  call_gate torrents;
};

/// A session, seen from where it is used. Safe when the session has begun to end, or is gone. Any thread but the
/// network thread.
class session_handle {
 public:
  session_handle(lt::session_handle session, std::shared_ptr<session_memory> memory)
      : m_session(std::move(session)), m_memory(std::move(memory)) {}

  [[nodiscard]] bool is_valid() const;

  lt::torrent_handle add_torrent(add_torrent_params const& params, lt::error_code& ec);
  /// Also a torrent of another session: that one removes it.
  void remove_torrent(lt::torrent_handle const& torrent, int flags, lt::error_code& ec);
  [[nodiscard]] std::vector<lt::torrent_handle> get_torrents();

  void pause();
  void resume();
  [[nodiscard]] bool is_paused();

  void apply_settings(settings_pack const& settings);
  /// All settings as they are.
  [[nodiscard]] settings_pack get_settings();
  [[nodiscard]] int listen_port();

  /// An alert lives until the next call of this.
  [[nodiscard]] std::vector<lt::alert*> pop_alerts();
  /// The first alert in the queue, where it stays; null when there is none by then, or when the session begins to end.
  [[nodiscard]] lt::alert* wait_for_alert(std::int64_t nanoseconds);

  /// Memory in use; zeros for a session that keeps everything in files.
  [[nodiscard]] memory_stats get_memory_stats() const;
  void set_memory_budget(std::int64_t bytes) const;

 private:
  template <typename Call>
  auto while_running(Call call) const -> decltype(call());

  lt::session_handle m_session;
  std::shared_ptr<session_memory> m_memory;
};

/// Owns a session. Not on several threads at once.
class session {
 public:
  /// Null with an error.
  static session* create(session_params const& params, lt::error_code& ec);

  session(session const&) = delete;
  session& operator=(session const&) = delete;
  /// Waits until the session has ended.
  ~session();

  /// Begins to end the session, once the calls that its handles make have come back; whoever destroys this waits for
  /// the rest.
  void abort();

  /// None after `abort`.
  [[nodiscard]] session_handle* get_handle() const;

 private:
  session(lt::session session, std::shared_ptr<session_memory> memory)
      : m_session(std::move(session)), m_memory(std::move(memory)) {}

  // The proxy outlives the session, and its destructor waits.
  lt::session_proxy m_ending;
  // Keeps the network thread answering, after it has ended the session, those who still have a torrent.
  std::optional<boost::asio::executor_work_guard<lt::io_context::executor_type>> m_answering;
  std::optional<lt::session> m_session;
  std::shared_ptr<session_memory> m_memory;
};

/// `lt::min_memory_usage` and `lt::high_performance_seed`, into settings that keep what else they hold.
void min_memory_usage(settings_pack& settings);
void high_performance_seed(settings_pack& settings);

} // namespace memtorrent::go
