#include "session/streamed_torrent.hpp"

#include <algorithm>
#include <chrono>

namespace memtorrent::session {

namespace {

// A wait that is shorter is part of every seek.
constexpr std::chrono::seconds worth_saying(1);

void add_preload(stream_progress& sum, preload_progress const& one) {
  if (one.done) return;
  auto& all = sum.preload ? *sum.preload : sum.preload.emplace();
  all.bytes_there += one.bytes_there;
  all.bytes_wanted += one.bytes_wanted;
  if (one.left) all.left = std::max(all.left.value_or(*one.left), *one.left);
}

} // namespace

void add_to(stream_progress& sum, streamed_torrent const& torrent) {
  sum.has_metadata = sum.has_metadata && torrent.stream;
  sum.peers += torrent.status.num_peers;
  sum.seeds += torrent.status.num_seeds;
  sum.rate_bytes_per_s += torrent.status.download_payload_rate;
  if (!torrent.stream) return;
  sum.buffered_bytes += torrent.stream->buffered_bytes();
  if (torrent.preload) add_preload(sum, torrent.preload->progress());
  for (auto const& reader : torrent.stream->status())
    if (reader.wait.time >= worth_saying && reader.wait.time > sum.wait.time) sum.wait = reader.wait;
}

} // namespace memtorrent::session
