# Finds libtorrent 2.0.x by pkg-config and offers it as the target `libtorrent`, its headers as system headers.
# Sets MEMTORRENT_LINKS_WE_DONT_HAVE when the library lets us link its own piece_picker::we_dont_have (a static
# libtorrent, or one built with TORRENT_EXPORT_EXTRA); see src/bridge/picker_bridge.hpp.

include(CheckCXXSourceCompiles)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBTORRENT_RASTERBAR REQUIRED IMPORTED_TARGET "libtorrent-rasterbar>=2.0.5" "libtorrent-rasterbar<2.1")

add_library(libtorrent INTERFACE)
target_link_libraries(libtorrent INTERFACE PkgConfig::LIBTORRENT_RASTERBAR)

set(CMAKE_REQUIRED_LIBRARIES PkgConfig::LIBTORRENT_RASTERBAR)
check_cxx_source_compiles("
  #include <libtorrent/config.hpp>
  #include <libtorrent/piece_picker.hpp>
  int main() { lt::piece_picker p(65536, 16384); p.we_dont_have(lt::piece_index_t{0}); }
" MEMTORRENT_LINKS_WE_DONT_HAVE)
unset(CMAKE_REQUIRED_LIBRARIES)
