// Whether a torrent can be streamed on a budget.

#pragma once

#include <libtorrent/torrent_info.hpp>

#include <cstdint>

namespace memtorrent::session {

/// Throws `std::runtime_error`, which says which budget would do, if `budget_bytes` is too small for the torrent: less
/// than two of its pieces, and less than all of it. Any thread.
void check_budget(lt::torrent_info const& torrent, std::int64_t budget_bytes);

} // namespace memtorrent::session
