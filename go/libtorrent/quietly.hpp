// What a call of libtorrent gives when it throws.
//
// libtorrent throws when a torrent or a session is gone, which may happen between any two calls of a Go program; the
// system when there is no thread or no memory to be had. In Go that would be a panic; so such a call gives what an
// empty object would give, and does nothing.

#pragma once

#include <libtorrent/error_code.hpp>

#include <boost/system/system_error.hpp>

#include <exception>
#include <new>
#include <system_error>

namespace memtorrent::go {

template <typename Call>
auto quietly(Call call) -> decltype(call()) try {
  return call();
} catch (std::exception const&) {
  return decltype(call())(); // also when that is void
}

/// As `quietly`, but `ec` says what was thrown.
template <typename Call>
auto with_error(lt::error_code& ec, Call call) -> decltype(call()) try {
  return call();
} catch (boost::system::system_error const& error) {
  ec = error.code();
  return decltype(call())();
} catch (std::system_error const& error) { // of threads and of files
  ec.assign(error.code().value(), boost::system::system_category());
  return decltype(call())();
} catch (std::bad_alloc const&) {
  ec = make_error_code(boost::system::errc::not_enough_memory);
  return decltype(call())();
} catch (std::exception const&) {
  ec = make_error_code(boost::system::errc::invalid_argument);
  return decltype(call())();
}

} // namespace memtorrent::go
