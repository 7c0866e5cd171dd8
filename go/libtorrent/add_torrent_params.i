%{
#include "add_torrent_params.hpp"
#include "memtorrent/torrent_stream.hpp"
%}

namespace memtorrent {
namespace go {

class add_torrent_params {
 public:
  add_torrent_params();
  %extend {
    libtorrent::sha1_hash get_info_hash() const { return $self->info_hash_key(); }
    memtorrent::go::torrent_info* get_torrent_info() { return $self->metadata(); }
    void set_torrent_info(memtorrent::go::torrent_info const& info) { $self->share(info); }
    std::vector<std::string> const& get_trackers() const { return $self->trackers; }
    void set_memory_storage(long long bytes) { $self->memory_bytes = bytes; }
    void set_resume_data(std::vector<char> const& resume_data) { $self->merge_resume_data(resume_data); }
    void set_max_connections(int connections) { $self->max_connections = connections; }
    std::string const& get_name() const { return $self->name; }
    std::string const& get_save_path() const { return $self->save_path; }
    void set_save_path(std::string const& path) { $self->save_path = path; }
    void set_paused(bool value) {
      value ? $self->flags |= libtorrent::torrent_flags::paused : $self->flags &= ~libtorrent::torrent_flags::paused;
    }
    void set_auto_managed(bool value) {
      value ? $self->flags |= libtorrent::torrent_flags::auto_managed
            : $self->flags &= ~libtorrent::torrent_flags::auto_managed;
    }
    // For TorrentStream: it starts at once, and by itself downloads nothing. Adding it fails if the session has it
    // already, because a torrent has one stream.
    void prepare_for_streaming() {
      memtorrent::prepare_for_streaming(*$self);
      $self->flags |= libtorrent::torrent_flags::duplicate_is_error;
    }
  }
  void set_file_priorities(std::vector<int> const& priorities);
};

void parse_magnet_uri(std::string const& uri, add_torrent_params& params, libtorrent::error_code& ec);

} // namespace go
} // namespace memtorrent
