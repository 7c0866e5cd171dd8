// Alerts. They belong to the session, and live until the next SessionHandle.PopAlerts. What kind an alert is of is
// said by Type, and then lt.SwigcptrXxxAlert(alert.Swigcptr()) is that kind of alert.

%{
#include "torrent_info.hpp"

#include <libtorrent/alert.hpp>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/write_resume_data.hpp>
%}

%define %alert(name, base)
%nodefaultctor name;
%nodefaultdtor name;
class name : public base {
 public:
  static const int alert_type = libtorrent::name::alert_type;
%enddef

namespace libtorrent {

%nodefaultctor alert;
%nodefaultdtor alert;
class alert {
 public:
  int type() const;
  char const* what() const;
  std::string message() const;
  %extend {
    int category() const { return static_cast<int>(static_cast<std::uint32_t>($self->category())); }
  }
};

%nodefaultctor torrent_alert;
%nodefaultdtor torrent_alert;
class torrent_alert : public alert {
 public:
  %immutable;
  torrent_handle handle;
  %mutable;
};

%nodefaultctor tracker_alert;
%nodefaultdtor tracker_alert;
class tracker_alert : public torrent_alert {
 public:
  char const* tracker_url() const;
};

%alert(torrent_removed_alert, torrent_alert)
  %extend {
    libtorrent::sha1_hash get_info_hash() const { return memtorrent::go::key_of($self->info_hashes); }
  }
};
%alert(tracker_reply_alert, tracker_alert)
  %immutable;
  int num_peers;
  %mutable;
};
%alert(dht_reply_alert, tracker_alert)
  %immutable;
  int num_peers;
  %mutable;
};
%alert(torrent_finished_alert, torrent_alert) };
%alert(torrent_checked_alert, torrent_alert) };
%alert(torrent_error_alert, torrent_alert)
  %immutable;
  error_code error;
  %mutable;
};
%alert(metadata_received_alert, torrent_alert) };
%alert(piece_finished_alert, torrent_alert)
  %extend {
    int get_piece_index() const { return static_cast<int>($self->piece_index); }
  }
};
%alert(state_changed_alert, torrent_alert)
  %immutable;
  torrent_status::state_t state;
  torrent_status::state_t prev_state;
  %mutable;
};
%alert(save_resume_data_alert, torrent_alert)
  %extend {
    libtorrent::entry resume_data() const { return libtorrent::write_resume_data($self->params); }
  }
};
%alert(save_resume_data_failed_alert, torrent_alert) };
%alert(external_ip_alert, alert) };
%alert(udp_error_alert, alert) };
%alert(listen_succeeded_alert, alert)
  %immutable;
  int port;
  %mutable;
};
%alert(listen_failed_alert, alert) };

} // namespace libtorrent
