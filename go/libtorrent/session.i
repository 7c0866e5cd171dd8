// Sessions. In Go they are the interfaces Session and SessionHandle (session.go), where errors are Go errors.

%{
#include "session.hpp"
%}

namespace memtorrent {
namespace go {

class session_params {
 public:
  session_params();
  %extend {
    session_params(memtorrent::go::settings_pack const& settings) {
      auto* const params = new memtorrent::go::session_params;
      params->settings = settings;
      return params;
    }
    void set_settings(memtorrent::go::settings_pack const& settings) { $self->settings = settings; }
    void SetDiskIOConstructor(memtorrent::go::disk_io_constructor const& disk) { $self->disk = disk; }
    void SetMemoryDiskIO(long long bytes) { $self->disk = memtorrent::go::disk_io_constructor::memory(bytes); }
    void SetMemoryDiskIo(long long bytes) { $self->disk = memtorrent::go::disk_io_constructor::memory(bytes); }
    void SetHybridDiskIO(long long bytes) { $self->disk = memtorrent::go::disk_io_constructor::hybrid(bytes); }
  }
};

%rename(WrappedSessionHandle) session_handle;
%nodefaultctor session_handle;
class session_handle {
 public:
  bool is_valid() const;
  %rename(TryAddTorrent) add_torrent;
  libtorrent::torrent_handle add_torrent(add_torrent_params const& params, libtorrent::error_code& ec);
  %rename(TryRemoveTorrent) remove_torrent;
  void remove_torrent(libtorrent::torrent_handle const& torrent, int flags, libtorrent::error_code& ec);
  std::vector<libtorrent::torrent_handle> get_torrents();
  void pause();
  void resume();
  bool is_paused();
  void apply_settings(settings_pack const& settings);
  settings_pack get_settings();
  int listen_port();
  std::vector<libtorrent::alert*> pop_alerts();
  %rename(WaitNanoseconds) wait_for_alert;
  libtorrent::alert* wait_for_alert(long long nanoseconds);
  memtorrent::memory_stats get_memory_stats() const;
  void set_memory_budget(long long bytes) const;
};

%rename(WrappedSession) session;
%nodefaultctor session;
class session {
 public:
  static session* create(session_params const& params, libtorrent::error_code& ec);
  void abort();
  session_handle* get_handle() const;
};

} // namespace go
} // namespace memtorrent

%inline %{
std::string version() { return libtorrent::version(); }
%}
