#include "session_bench/backend.hpp"

#include <libtorrent/disabled_disk_io.hpp>
#include <libtorrent/mmap_disk_io.hpp>
#include <libtorrent/posix_disk_io.hpp>

#include <stdexcept>

namespace memtorrent::bench {

std::vector<backend> const& all_backends() {
  static std::vector<backend> const all{backend::ceiling, backend::posix, backend::mmap, backend::memtorrent,
                                        backend::memtorrent_windowed};
  return all;
}

char const* name_of(backend b) {
  switch (b) {
    case backend::ceiling: return "ceiling";
    case backend::posix: return "posix";
    case backend::mmap: return "mmap";
    case backend::memtorrent: return "memtorrent";
    case backend::memtorrent_windowed: return "memtorrent-windowed";
  }
  throw std::invalid_argument("no such backend");
}

backend backend_named(std::string const& name) {
  for (auto const b : all_backends())
    if (name == name_of(b)) return b;
  throw std::invalid_argument("there is no backend called '" + name + "'");
}

lt::disk_io_constructor_type disk_of(backend b) {
  switch (b) {
    case backend::ceiling: return lt::disabled_disk_io_constructor;
    case backend::posix: return lt::posix_disk_io_constructor;
    case backend::mmap: return lt::mmap_disk_io_constructor;
    case backend::memtorrent:
    case backend::memtorrent_windowed: break;
  }
  throw std::invalid_argument(std::string(name_of(b)) + " is not a disk I/O of libtorrent");
}

} // namespace memtorrent::bench
