// The Go package libtorrent. Each file that is included here declares one area by hand: what is declared is what Go has,
// and the real headers are seen by the C++ compiler alone.
//
//   swig -go -cgo -intgosize 64 -c++ libtorrent.i
//
// Strong types, flags, string_view and span become numbers and strings on the way (torrent_handle.hpp and the like).
// Exceptions end there too, and an index out of range is none (vectors.i). What is left to be thrown here is running out of
// memory: that is a panic in Go, whose own memory ends a program that runs out of it.

%module libtorrent

%include <std_string.i>
%include "strings.i"
%include "vectors.i"

%exception {
  try {
    $action
  } catch (std::exception const& error) {
    _swig_gopanic(error.what());
  }
}

// Templates have names already.
%rename("%(camelcase)s", notregexmatch$name="^vector") "";
%feature("flatnested");

%include "sha1_hash.i"
%include "error_code.i"
%include "entry.i"
%include "announce_entry.i"
%include "torrent_info.i"
%include "create_torrent.i"
%include "bitfield.i"
%include "memory_storage.i"
%include "torrent_status.i"
%include "torrent_handle.i"
%include "alerts.i"
%include "add_torrent_params.i"
%include "settings_pack.i"
%include "disk_io.i"
%include "session.i"
%include "torrent_stream.i"

%template(StdVectorChar) std::vector<char>;
%template(StdVectorInt) std::vector<int>;
%template(StdVectorString) std::vector<std::string>;
%template(StdVectorAnnounceEntry) std::vector<libtorrent::announce_entry>;
%template(StdVectorPartialPieceInfo) std::vector<libtorrent::partial_piece_info>;
%template(StdVectorTorrentHandle) std::vector<libtorrent::torrent_handle>;
%template(StdVectorAlerts) std::vector<libtorrent::alert*>;
