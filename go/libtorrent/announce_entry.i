%{
#include "torrent_handle.hpp"

#include <libtorrent/announce_entry.hpp>
%}

namespace libtorrent {

class announce_entry {
 public:
  announce_entry();
  announce_entry(announce_entry const& other);
  %extend {
    announce_entry(std::string const& url) { return new libtorrent::announce_entry(url); }
    std::string const& get_url() const { return $self->url; }
    int get_tier() const { return $self->tier; }
    int get_scrape_complete() const { return memtorrent::go::scrape_complete(*$self); }
    int get_scrape_incomplete() const { return memtorrent::go::scrape_incomplete(*$self); }
    bool get_updating() const { return memtorrent::go::is_updating(*$self); }
    bool is_working() const { return memtorrent::go::is_working(*$self); }
    std::string get_message() const { return memtorrent::go::message(*$self); }
  }
};

} // namespace libtorrent
