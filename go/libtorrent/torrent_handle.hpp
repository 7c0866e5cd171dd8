// A torrent_handle as Go calls it: numbers instead of strong types, and no exceptions (quietly.hpp). What asks a
// torrent that is gone gives what a default object holds.

#pragma once

#include <libtorrent/announce_entry.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_status.hpp>

#include <string>
#include <vector>

namespace memtorrent::go {

/// All that `torrent_handle::status` can give.
inline constexpr unsigned int all_status = 0xffffffffu;

lt::torrent_status status(lt::torrent_handle const& torrent, unsigned int flags);
lt::sha1_hash info_hash(lt::torrent_handle const& torrent);

void set_flag(lt::torrent_handle const& torrent, lt::torrent_flags_t flag, bool value);
void pause(lt::torrent_handle const& torrent, int flags);
void resume(lt::torrent_handle const& torrent);
void save_resume_data(lt::torrent_handle const& torrent, int flags);
void force_recheck(lt::torrent_handle const& torrent);
void force_reannounce(lt::torrent_handle const& torrent, int seconds, int tracker);
void force_dht_announce(lt::torrent_handle const& torrent);
void connect_peer(lt::torrent_handle const& torrent, std::string const& address, int port);
void move_storage(lt::torrent_handle const& torrent, std::string const& path);

std::vector<int> file_priorities(lt::torrent_handle const& torrent);
void prioritize_files(lt::torrent_handle const& torrent, std::vector<int> const& priorities);
int file_priority(lt::torrent_handle const& torrent, int file);
void set_file_priority(lt::torrent_handle const& torrent, int file, int priority);

std::vector<int> piece_priorities(lt::torrent_handle const& torrent);
/// Of the first pieces if there are fewer priorities than pieces; what is too many is ignored, and everything before
/// the metadata.
void prioritize_pieces(lt::torrent_handle const& torrent, std::vector<int> const& priorities);
int piece_priority(lt::torrent_handle const& torrent, int piece);
void set_piece_priority(lt::torrent_handle const& torrent, int piece, int priority);

/// Also has space made for the piece, if the torrent is in RAM (`torrent_pieces::expect`).
void set_piece_deadline(lt::torrent_handle const& torrent, int piece, int milliseconds, int flags);
void reset_piece_deadline(lt::torrent_handle const& torrent, int piece);
void clear_piece_deadlines(lt::torrent_handle const& torrent);
bool have_piece(lt::torrent_handle const& torrent, int piece);
void get_download_queue(lt::torrent_handle const& torrent, std::vector<lt::partial_piece_info>& queue);

std::vector<lt::announce_entry> trackers(lt::torrent_handle const& torrent);
void replace_trackers(lt::torrent_handle const& torrent, std::vector<lt::announce_entry> const& trackers);
void add_tracker(lt::torrent_handle const& torrent, lt::announce_entry const& tracker);

/// A tracker has an answer for each address that it is told of, and for each of the torrent's info-hashes. These put
/// them together: the largest number, true if any is, the first message.
int scrape_complete(lt::announce_entry const& tracker);
int scrape_incomplete(lt::announce_entry const& tracker);
bool is_updating(lt::announce_entry const& tracker);
/// As in libtorrent 1.1: it took the last announce, or none was made yet. There is an answer for the v2 info-hash of a
/// torrent that has none, which never fails and counts for nothing.
bool is_working(lt::announce_entry const& tracker);
std::string message(lt::announce_entry const& tracker);

} // namespace memtorrent::go
