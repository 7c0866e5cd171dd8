// Metadata and files.

%{
#include "torrent_info.hpp"

#include <libtorrent/file_storage.hpp>
%}

namespace libtorrent {

%nodefaultctor file_storage;
%nodefaultdtor file_storage;
class file_storage {
 public:
  int num_files() const;
  long long total_size() const;
  // A file that is not there has no name and no bytes.
  %extend {
    std::string file_name(int file) const {
      return memtorrent::go::has_file(*$self, file) ? std::string($self->file_name(libtorrent::file_index_t(file))) : "";
    }
    std::string file_path(int file) const {
      return memtorrent::go::has_file(*$self, file) ? $self->file_path(libtorrent::file_index_t(file)) : "";
    }
    long long file_size(int file) const {
      return memtorrent::go::has_file(*$self, file) ? $self->file_size(libtorrent::file_index_t(file)) : 0;
    }
    long long file_offset(int file) const {
      return memtorrent::go::has_file(*$self, file) ? $self->file_offset(libtorrent::file_index_t(file)) : 0;
    }
    bool pad_file_at(int file) const {
      return memtorrent::go::has_file(*$self, file) && $self->pad_file_at(libtorrent::file_index_t(file));
    }
  }
};

} // namespace libtorrent

namespace memtorrent {
namespace go {

class torrent_info {
 public:
  torrent_info(torrent_info const& other);
  torrent_info(std::string const& file, libtorrent::error_code& ec);
  torrent_info(std::vector<char> const& bytes, libtorrent::error_code& ec);
  bool is_valid() const;
  libtorrent::file_storage const* files() const;
  libtorrent::sha1_hash info_hash() const;
  std::string name() const;
  int num_files() const;
  int num_pieces() const;
  int piece_length() const;
  bool priv() const;
  long long total_size() const;
  std::vector<libtorrent::announce_entry> const& trackers() const;
};

} // namespace go
} // namespace memtorrent
