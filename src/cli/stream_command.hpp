// `memtorrent SOURCE...`: from each source to a URL, and on until it is stopped.
//
//   source --> torrent (downloaded if it is a URL) --> into the session --> metadata --> preload --> URL on stdout
//   peers' addresses --> session ------------------------^
//
// Everything happens on the thread that runs the io_context. What goes wrong comes out of its run as an exception.

#pragma once

#include "cli/console.hpp"
#include "cli/options.hpp"
#include "http/server.hpp"
#include "session/known_peers.hpp"
#include "session/peer_lookup.hpp"
#include "session/stream_catalog.hpp"
#include "session/streamed_torrent.hpp"
#include "session/torrent_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace memtorrent::cli {

using namespace session;

class stream_command {
 public:
  /// `print_url` is called once for each source, when players can connect. `io` and `output` outlive the command.
  /// Throws when the HTTP port cannot be had.
  stream_command(boost::asio::io_context& io, console& output, stream_options options,
                 std::function<void(std::string const&)> print_url);
  stream_command(stream_command const&) = delete;
  stream_command& operator=(stream_command const&) = delete;
  ~stream_command();

  /// One more than the options have. REQUIRES: not started.
  void add_peer(peer_address peer) { m_options.peers.push_back(std::move(peer)); }

  void start();

  /// Ends players' connections and everything else that is under way, so that the run of `io` ends. Safe at any point,
  /// and more than once.
  void stop();

  /// Ends the session and says what it did. REQUIRES: the run of `io` has ended.
  void finish();

 private:
  void download(streamed_torrent& torrent, std::string const& from);
  void on_downloaded(streamed_torrent& torrent, downloaded const& result);
  void on_found(streamed_torrent& torrent, lt::add_torrent_params params);
  void open_session(std::vector<lt::tcp::endpoint> const& peers);
  void add_to_session(streamed_torrent& torrent);
  streamed_torrent& find(lt::torrent_handle const& handle);
  void on_ready(streamed_torrent& torrent);
  void publish(streamed_torrent& torrent);
  void show_progress();
  void show_progress_soon();

  boost::asio::io_context& m_io;
  console& m_console;
  stream_options m_options;
  std::function<void(std::string const&)> const m_print_url;

  stream_catalog m_catalog;
  http::server m_server;
  std::optional<peer_lookup> m_peer_lookup;
  std::vector<lt::tcp::endpoint> m_peers;
  known_peers m_known_peers;
  // Never moved: downloads and events know their addresses.
  std::list<streamed_torrent> m_torrents;
  std::optional<torrent_session> m_session;
  // Gone with this, which tells what comes from the network thread not to come.
  std::shared_ptr<stream_command*> m_self = std::make_shared<stream_command*>(this);
  boost::asio::steady_timer m_next_progress;
  bool m_is_stopped = false;
};

} // namespace memtorrent::cli
