// Is the libtorrent that was loaded the one that was compiled for?
//
// Private members are reached by where they were when this was compiled. Of another version they may be elsewhere, so
// this comes before anything that reaches for one.

#pragma once

#include <libtorrent/version.hpp>

#include <string_view>

namespace memtorrent {

/// Throws `boost::system::system_error` with `errc::picker_mismatch`, and both versions in its text, unless `loaded` is
/// the version that this was compiled for. Any thread.
void require_same_libtorrent(std::string_view loaded = lt::version());

} // namespace memtorrent
