%{
#include "torrent_info.hpp"

#include <libtorrent/torrent_status.hpp>
%}

namespace libtorrent {

class torrent_status {
 public:
  enum state_t {
    checking_files = 1,
    downloading_metadata = 2,
    downloading = 3,
    finished = 4,
    seeding = 5,
    checking_resume_data = 7
  };

  torrent_status();

  %immutable;
  long long all_time_download;
  long long all_time_upload;
  bool announcing_to_dht;
  bool announcing_to_lsd;
  bool announcing_to_trackers;
  int block_size;
  int download_payload_rate;
  int download_rate;
  bool has_incoming;
  bool has_metadata;
  bool is_finished;
  bool is_seeding;
  int list_peers;
  int list_seeds;
  bool moving_storage;
  std::string name;
  bool need_save_resume;
  int num_complete;
  int num_connections;
  int num_incomplete;
  int num_peers;
  int num_pieces;
  int num_seeds;
  float progress;
  std::string save_path;
  long long total_done;
  long long total_wanted;
  long long total_wanted_done;
  int upload_payload_rate;
  int upload_rate;
  %mutable;

  %extend {
    int get_active_time() const { return static_cast<int>($self->active_duration.count()); }
    int get_finished_time() const { return static_cast<int>($self->finished_duration.count()); }
    int get_seeding_time() const { return static_cast<int>($self->seeding_duration.count()); }
    bool get_auto_managed() const { return bool($self->flags & libtorrent::torrent_flags::auto_managed); }
    bool get_paused() const { return bool($self->flags & libtorrent::torrent_flags::paused); }
    bool get_sequential_download() const {
      return bool($self->flags & libtorrent::torrent_flags::sequential_download);
    }
    libtorrent::sha1_hash get_info_hash() const { return memtorrent::go::key_of($self->info_hashes); }
    libtorrent::bitfield const* get_pieces() const { return &$self->pieces; }
    libtorrent::torrent_status::state_t get_state() const { return $self->state; }
    libtorrent::error_code const* get_error() const { return &$self->errc; }
  }
};

} // namespace libtorrent
