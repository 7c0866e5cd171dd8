#include "cli/run_until_stopped.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace memtorrent::cli {

namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

} // namespace

void run_until_stopped(boost::asio::io_context& io, std::function<void()> const& start,
                       std::function<void()> const& stop) {
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  // A shell starts background jobs with SIGINT ignored; they are to end by it all the same. Not so nohup's SIGHUP.
  if (!is_ignored(SIGHUP)) signals.add(SIGHUP);
  signals.async_wait([&](boost::system::error_code ec, int) {
    if (ec) return;  // cancelled below
    signals.clear(); // so that the next one does what signals do by default
    stop();
  });
  try {
    start();
    io.run();
  } catch (...) {
    signals.clear();
    stop();
    io.poll();
    throw;
  }
}

} // namespace memtorrent::cli
