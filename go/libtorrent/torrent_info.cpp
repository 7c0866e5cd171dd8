#include "torrent_info.hpp"

#include "quietly.hpp"

namespace memtorrent::go {

torrent_info* torrent_info::of(lt::torrent_handle const& torrent) {
  return quietly([&]() -> torrent_info* {
    auto info = torrent.torrent_file();
    // There are none yet if it came by a magnet link.
    if (info && info->info_hashes().has_v2())
      if (auto with_hashes = torrent.torrent_file_with_hashes()) info = std::move(with_hashes);
    return info ? new torrent_info(std::move(info)) : nullptr;
  });
}

} // namespace memtorrent::go
