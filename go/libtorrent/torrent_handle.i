%{
#include "torrent_handle.hpp"

#include <libtorrent/torrent_handle.hpp>

namespace libtorrent {
struct storage_interface;
}
%}

namespace libtorrent {

%nodefaultctor partial_piece_info;
class partial_piece_info {
 public:
  %immutable;
  int blocks_in_piece;
  int finished;
  int writing;
  int requested;
  %mutable;
  %extend {
    int get_piece_index() const { return static_cast<int>($self->piece_index); }
  }
};

// There is no storage of a torrent to be had in libtorrent 2.0. Programs that ask for it get none (Swigcptr() is 0).
%nodefaultctor storage_interface;
%nodefaultdtor storage_interface;
class storage_interface {};

// In Go TorrentHandle (torrent_handle.go).
%rename(WrappedTorrentHandle) torrent_handle;
class torrent_handle {
 public:
  torrent_handle();
  torrent_handle(torrent_handle const& other);
  bool is_valid() const;

  %extend {
    bool equal(libtorrent::torrent_handle const& other) const { return *$self == other; }
    libtorrent::sha1_hash info_hash() const { return memtorrent::go::info_hash(*$self); }
    libtorrent::torrent_status status(unsigned int flags = memtorrent::go::all_status) const {
      return memtorrent::go::status(*$self, flags);
    }
    memtorrent::go::torrent_info* torrent_file() const { return memtorrent::go::torrent_info::of(*$self); }
    memtorrent::go::memory_storage* get_memory_storage() const { return new memtorrent::go::memory_storage(*$self); }
    libtorrent::storage_interface* get_storage_impl() const { return nullptr; }

    void auto_managed(bool value) const {
      memtorrent::go::set_flag(*$self, libtorrent::torrent_flags::auto_managed, value);
    }
    void set_sequential_download(bool value) const {
      memtorrent::go::set_flag(*$self, libtorrent::torrent_flags::sequential_download, value);
    }
    void pause(int flags = 0) const { memtorrent::go::pause(*$self, flags); }
    void resume() const { memtorrent::go::resume(*$self); }
    void save_resume_data(int flags = 0) const { memtorrent::go::save_resume_data(*$self, flags); }
    void force_recheck() const { memtorrent::go::force_recheck(*$self); }
    void force_reannounce(int seconds = 0, int tracker = -1) const {
      memtorrent::go::force_reannounce(*$self, seconds, tracker);
    }
    void force_dht_announce() const { memtorrent::go::force_dht_announce(*$self); }
    void connect_peer(std::string const& address, int port) const {
      memtorrent::go::connect_peer(*$self, address, port);
    }
    void move_storage(std::string const& path) const { memtorrent::go::move_storage(*$self, path); }

    std::vector<int> file_priorities() const { return memtorrent::go::file_priorities(*$self); }
    void prioritize_files(std::vector<int> const& priorities) const {
      memtorrent::go::prioritize_files(*$self, priorities);
    }
    int file_priority(int file) const { return memtorrent::go::file_priority(*$self, file); }
    void file_priority(int file, int priority) const { memtorrent::go::set_file_priority(*$self, file, priority); }

    std::vector<int> piece_priorities() const { return memtorrent::go::piece_priorities(*$self); }
    void prioritize_pieces(std::vector<int> const& priorities) const {
      memtorrent::go::prioritize_pieces(*$self, priorities);
    }
    int piece_priority(int piece) const { return memtorrent::go::piece_priority(*$self, piece); }
    void piece_priority(int piece, int priority) const { memtorrent::go::set_piece_priority(*$self, piece, priority); }

    void set_piece_deadline(int piece, int milliseconds, int flags = 0) const {
      memtorrent::go::set_piece_deadline(*$self, piece, milliseconds, flags);
    }
    void reset_piece_deadline(int piece) const { memtorrent::go::reset_piece_deadline(*$self, piece); }
    void clear_piece_deadlines() const { memtorrent::go::clear_piece_deadlines(*$self); }
    bool have_piece(int piece) const { return memtorrent::go::have_piece(*$self, piece); }
    void get_download_queue(std::vector<libtorrent::partial_piece_info>& queue) const {
      memtorrent::go::get_download_queue(*$self, queue);
    }

    std::vector<libtorrent::announce_entry> trackers() const { return memtorrent::go::trackers(*$self); }
    void replace_trackers(std::vector<libtorrent::announce_entry> const& trackers) const {
      memtorrent::go::replace_trackers(*$self, trackers);
    }
    void add_tracker(libtorrent::announce_entry const& tracker) const {
      memtorrent::go::add_tracker(*$self, tracker);
    }
  }
};

} // namespace libtorrent
