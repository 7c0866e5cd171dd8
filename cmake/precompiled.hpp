// What nearly every file of the library includes and takes seconds to parse.
#include <libtorrent/disk_interface.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_info.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>
