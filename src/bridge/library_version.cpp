#include "bridge/library_version.hpp"

#include "memtorrent/error.hpp"

#include <boost/system/system_error.hpp>

#include <string>

namespace memtorrent {

void require_same_libtorrent(std::string_view loaded) {
  if (loaded == LIBTORRENT_VERSION) return;
  throw boost::system::system_error(
      errc::picker_mismatch,
      "libtorrent " + std::string(loaded) + " is loaded, memtorrent was compiled for " LIBTORRENT_VERSION);
}

} // namespace memtorrent
