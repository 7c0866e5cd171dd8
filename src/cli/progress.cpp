#include "cli/progress.hpp"

#include "session/byte_size.hpp"

namespace memtorrent::cli {

using session::readable_size;
using session::stream_progress;

namespace {

std::string preload_text(preload_progress const& preload) {
  auto text = "preloading " + readable_size(preload.bytes_there) + " of " + readable_size(preload.bytes_wanted);
  if (!preload.left) return text;
  auto const seconds = (preload.left->count() + 999) / 1000;
  return text + ", about " + std::to_string(seconds) + " s left";
}

} // namespace

std::string waiting_reason(stream_progress const& now) {
  if (!now.has_metadata) return now.peers == 0 ? "waiting for metadata, no peers yet" : "waiting for metadata";
  if (now.peers == 0) return "no peers yet";
  if (now.preload) return preload_text(*now.preload);
  if (now.open_readers == 0) return "waiting for a player";
  return to_sentence(now.wait);
}

std::string waiting_kind(stream_progress const& now) {
  bool const has_figures = now.has_metadata && now.peers > 0 && (now.preload || now.open_readers > 0);
  if (!has_figures) return waiting_reason(now);
  if (now.preload) return "preload";
  return now.wait.reason == wait_reason::none ? "" : "wait " + std::to_string(static_cast<int>(now.wait.reason));
}

std::string progress_line(stream_progress const& now) {
  auto const line = "buffer " + readable_size(now.buffered_bytes) + ", " + readable_size(now.rate_bytes_per_s) +
                    "/s, " + std::to_string(now.peers) + (now.peers == 1 ? " peer (" : " peers (") +
                    std::to_string(now.seeds) + (now.seeds == 1 ? " seed), RAM " : " seeds), RAM ") +
                    readable_size(now.used_bytes) + " of " + readable_size(now.budget_bytes);
  // First, because a narrow terminal cuts the end.
  auto const reason = waiting_reason(now);
  return reason.empty() ? line : reason + ": " + line;
}

std::string summary_line(std::int64_t downloaded_bytes, memory_stats const& memory, int peers_banned) {
  return "downloaded " + std::to_string(downloaded_bytes) + " bytes, peak RAM " + std::to_string(memory.peak_bytes) +
         " of " + std::to_string(memory.budget_bytes) + " bytes, evicted " +
         std::to_string(memory.complete_pieces_evicted) + " complete and " +
         std::to_string(memory.partial_pieces_evicted) + " partial pieces, dropped " +
         std::to_string(memory.blocks_dropped) + " blocks, banned " +
         std::to_string(memory.peers_banned + peers_banned) + " peers";
}

} // namespace memtorrent::cli
