// .torrent files.

%{
#include "create_torrent.hpp"
%}

namespace memtorrent {
namespace go {

class create_torrent {
 public:
  create_torrent(torrent_info const& info);
  void add_tracker(std::string const& url, int tier);
  void set_priv(bool value);
  libtorrent::entry generate() const;
};

} // namespace go
} // namespace memtorrent

%newobject create_torrent_of;
%inline %{
memtorrent::go::create_torrent* create_torrent_of(std::string const& path, int piece_length_bytes, int flags,
                                                  libtorrent::error_code& ec) {
  return memtorrent::go::create_torrent::of_files(path, piece_length_bytes, flags, ec);
}
%}
