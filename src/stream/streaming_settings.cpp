#include "memtorrent/torrent_stream.hpp"

#include "bridge/streaming_peer.hpp"

namespace memtorrent {

// Each with its reason; docs/tuning.md has the defaults beside them.
void apply_streaming_settings(lt::settings_pack& pack) {
  using lt::settings_pack;
  // A full window makes the torrent "finished"; seeds must stay connected for the next piece.
  pack.set_bool(settings_pack::close_redundant_connections, false);
  // What libtorrent does once a second, such as asking for time-critical pieces, it does at the first tick after that.
  pack.set_int(settings_pack::tick_interval, 100);
  // uTP gives way to all other traffic by design (BEP 29), and libtorrent tries it first. A player is not background
  // traffic. Peers may still come in over it.
  pack.set_bool(settings_pack::enable_outgoing_utp, false);
  // Requests that wait at a peer cannot be called back after a seek: keep little more than the line needs.
  pack.set_int(settings_pack::request_queue_time, 1);
  // A peer that has requests and sends nothing holds up what nobody else may be asked for meanwhile. It is watched: not
  // as long as a download that nobody waits for would let it be.
  pack.set_int(settings_pack::piece_timeout, 5);
  pack.set_int(settings_pack::request_timeout, 10);
  // By default the first four pieces are picked at random, for something to trade. A player wants the first one first.
  pack.set_int(settings_pack::initial_picker_threshold, 0);
  // Would fetch whole pieces from one fast peer, where the piece under the play head should come from several.
  pack.set_int(settings_pack::whole_pieces_threshold, 0);
}

void prepare_for_streaming(lt::add_torrent_params& params) {
  params.flags |= lt::torrent_flags::default_dont_download;
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  // A magnet link can ask for some files only (BEP 53).
  params.file_priorities.clear();
  params.extensions.emplace_back(&streaming_peers);
  // libtorrent wants one. Nothing is read or written there: the disk is RAM.
  if (params.save_path.empty()) params.save_path = "/";
}

} // namespace memtorrent
