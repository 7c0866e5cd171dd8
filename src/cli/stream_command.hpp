// `memtorrent SOURCE...`: what its options ask of a session, an HTTP server on what that streams, and what is said of
// it.
//
// Everything happens on the thread that runs the io_context. What goes wrong comes out of its run as an exception.

#pragma once

#include "cli/console.hpp"
#include "cli/options.hpp"
#include "http/server.hpp"
#include "session/streamed_torrents.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace memtorrent::cli {

class stream_command {
 public:
  /// `print_url` is called once for each source that can be streamed, when players can connect. `io` and `output`
  /// outlive the command. Throws when the HTTP port cannot be had.
  stream_command(boost::asio::io_context& io, console& output, stream_options options,
                 std::function<void(std::string const&)> print_url);
  stream_command(stream_command const&) = delete;
  stream_command& operator=(stream_command const&) = delete;
  ~stream_command();

  /// Throws for a source with which something is wrong at once. Where that shows later, the other sources go on, and
  /// the run of `io` throws when none is left. `more_peers` are added to those of the options.
  void start(std::vector<session::peer_address> const& more_peers = {});

  /// Ends players' connections and everything else that is under way, so that the run of `io` ends. Safe at any point,
  /// and more than once.
  void stop();

  /// Ends the session and says what it did. REQUIRES: the run of `io` has ended.
  void finish();

 private:
  [[nodiscard]] session::streamed_torrents_events events();
  void on_ready(session::streamed_torrent const& torrent);
  void on_failed(session::streamed_torrent const& torrent);
  void show_progress_soon();

  console& m_console;
  stream_options const m_options;
  std::function<void(std::string const&)> const m_print_url;

  session::streamed_torrents m_torrents;
  std::size_t m_torrents_left;
  // Finds files in the catalog of those.
  http::server m_server;
  boost::asio::steady_timer m_next_progress;
  bool m_is_stopped = false;
};

} // namespace memtorrent::cli
