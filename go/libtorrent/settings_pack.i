// Settings by name (settings_by_name.hpp); the values of those that have names are constants.go.

%{
#include "memtorrent/torrent_stream.hpp"
#include "session.hpp"
#include "settings_by_name.hpp"
%}

namespace memtorrent {
namespace go {

class settings_pack {
 public:
  settings_pack();
  %extend {
    void set_bool(std::string const& name, bool value) { memtorrent::go::set_bool(*$self, name, value); }
    void set_int(std::string const& name, int value) { memtorrent::go::set_int(*$self, name, value); }
    void set_str(std::string const& name, std::string const& value) { memtorrent::go::set_str(*$self, name, value); }
    bool get_bool(std::string const& name) const { return memtorrent::go::get_bool(*$self, name); }
    int get_int(std::string const& name) const { return memtorrent::go::get_int(*$self, name); }
    std::string get_str(std::string const& name) const { return memtorrent::go::get_str(*$self, name); }
    // What a session needs that streams by TorrentStream.
    void apply_streaming_settings() { memtorrent::apply_streaming_settings($self->pack); }
  }
};

void min_memory_usage(settings_pack& settings);
void high_performance_seed(settings_pack& settings);

} // namespace go
} // namespace memtorrent
