#include "memtorrent/error.hpp"

namespace memtorrent {

namespace {

class memtorrent_category final : public boost::system::error_category {
 public:
  [[nodiscard]] char const* name() const noexcept override { return "memtorrent"; }

  [[nodiscard]] std::string message(int code) const override {
    switch (static_cast<errc>(code)) {
      case errc::budget_too_small: return "the memory budget holds fewer than two pieces of this torrent";
      case errc::torrent_removed: return "the torrent was removed";
      case errc::session_closed: return "the session is closed";
      case errc::read_cancelled: return "the read was cancelled";
      case errc::out_of_range: return "the read lies outside the file";
      case errc::no_metadata: return "the torrent has no metadata yet";
      case errc::no_such_file: return "the torrent has no such file";
      case errc::not_in_memory: return "the torrent is not kept in memory";
      case errc::picker_mismatch: return "this libtorrent's piece accounting is not the one memtorrent was built for";
      case errc::pin_limit_exceeded: return "more would be pinned than the torrent's share of the memory budget allows";
      case errc::guarantee_too_large: return "the memory budget cannot guarantee that much";
      case errc::moved_to_files: return "the torrent was moved from memory into files";
      case errc::not_finished: return "the torrent has not finished downloading";
      case errc::no_piece_in_memory: return "no piece of the torrent is in memory";
      case errc::export_running: return "the torrent is being moved into files already";
      case errc::outside_folder: return "the file's name leads out of the folder";
      case errc::already_streamed: return "the torrent is being streamed already";
    }
    return "unknown memtorrent error";
  }
};

} // namespace

boost::system::error_category const& error_category() noexcept {
  static memtorrent_category const category;
  return category;
}

} // namespace memtorrent
