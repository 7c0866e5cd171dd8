// How a thread is started where that must not throw, and where a test is the system that has no thread left.

#pragma once

#include <boost/system/error_code.hpp>

#include <functional>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace memtorrent {

/// Starts a thread that runs `body`. Throws `std::system_error` when the system has none (EAGAIN: a limit on threads or
/// on memory is reached), and may throw `std::bad_alloc`.
using thread_maker = std::function<std::thread(std::function<void()> body)>;

inline std::thread make_thread(std::function<void()> body) { return std::thread(std::move(body)); }

/// `make(body)` into `started`, or why there is none. Nothing is thrown. REQUIRES: `started` has no thread.
inline boost::system::error_code start_thread(thread_maker const& make, std::function<void()> const& body,
                                              std::thread& started) noexcept {
  try {
    started = make(body);
    return {};
  } catch (std::system_error const& e) {
    return {e.code().value(), boost::system::system_category()};
  } catch (std::bad_alloc const&) {
    return make_error_code(boost::system::errc::not_enough_memory);
  }
}

} // namespace memtorrent
