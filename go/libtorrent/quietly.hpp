// What a call of libtorrent gives when it throws.
//
// libtorrent throws when a torrent or a session is gone, which may happen between any two calls of a Go program. In Go
// that would be a panic; so such a call gives what an empty object would give, and does nothing.

#pragma once

#include <boost/system/system_error.hpp>

namespace memtorrent::go {

template <typename Call>
auto quietly(Call call) -> decltype(call()) try {
  return call();
} catch (boost::system::system_error const&) {
  return decltype(call())(); // also when that is void
}

} // namespace memtorrent::go
