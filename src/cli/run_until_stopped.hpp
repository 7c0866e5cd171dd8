// Runs a command on one thread until it is told to end.

#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>

namespace memtorrent::cli {

/// Calls `start` and runs `io`. On SIGINT, SIGTERM, or SIGHUP (unless that was ignored, as under nohup) calls `stop`,
/// which must leave `io` without work before long; returns when it has none. A second signal ends the process at once.
///
/// What `start` or a handler throws comes out of here, after `stop` was called.
void run_until_stopped(boost::asio::io_context& io, std::function<void()> const& start,
                       std::function<void()> const& stop);

} // namespace memtorrent::cli
