// The torrents that a person has added, each on its way from a source to a stream:
//
//   source --> .torrent (downloaded if it is a URL) --> into the session --> metadata --> file --> preload --> ready
//   peers' addresses --> session --------------------------^
//
// What goes wrong with one torrent ends that one, with a sentence, and leaves the others alone.

#pragma once

#include "memtorrent/memory_disk.hpp"
#include "session/known_peers.hpp"
#include "session/peer_lookup.hpp"
#include "session/stream_catalog.hpp"
#include "session/stream_progress.hpp"
#include "session/streamed_torrent.hpp"
#include "session/torrent_session.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::session {

struct streamed_torrents_options {
  std::int64_t budget_bytes = 0;
  lt::tcp::endpoint listen;
  /// False: nothing but trackers and named peers is asked for peers, and no router for a port.
  bool finds_peers = true;
};

/// Called from `io`; none is empty. What they throw comes out of its run.
struct streamed_torrents_events {
  /// Its file can be streamed: it is in the catalog, and what was to be preloaded is there. Once for each torrent.
  std::function<void(streamed_torrent const&)> ready;
  /// It is not streamed, or not any more; `failure` says why. The last event of a torrent.
  std::function<void(streamed_torrent const&)> failed;
  /// A sentence about the session for whoever looks after it.
  std::function<void(std::string const& sentence)> message;
};

/// What a session has done, at its end.
struct session_totals {
  std::int64_t downloaded_bytes = 0;
  memory_stats memory;
  /// By libtorrent; those that `memory` counts come on top.
  int peers_banned = 0;
};

/// One thread: the one that runs the io_context, which outlives this. What goes wrong with the session itself, such as
/// a port that is taken, makes the run of `io` throw `std::runtime_error`, as does a peer whose name is not found.
class streamed_torrents {
 public:
  streamed_torrents(boost::asio::io_context& io, streamed_torrents_options options, streamed_torrents_events events);
  streamed_torrents(streamed_torrents const&) = delete;
  streamed_torrents& operator=(streamed_torrents const&) = delete;
  /// Stops, and ends the session, which takes some seconds at most, when a tracker does not answer.
  ~streamed_torrents();

  /// Adds what `source` names: a magnet link, the path of a .torrent file, or its http(s) URL. Before `start` too.
  /// Throws `std::runtime_error` for what is known to be wrong at once, and nothing is added then; its sentence says
  /// for a person what it is. Other failures are events.
  void add(std::string const& source, stream_choice const& choice);

  /// Looks `peers` up, opens the session, and connects to them. REQUIRES: not called before.
  void start(std::vector<peer_address> peers);

  /// What players can read.
  [[nodiscard]] stream_catalog const& catalog() const { return m_catalog; }
  [[nodiscard]] std::int64_t budget_bytes() const { return m_options.budget_bytes; }

  /// Of all torrents that did not fail, as far as it was known at the last call: it asks for news.
  [[nodiscard]] stream_progress progress();

  /// Ends everything that is under way, and all events, and leaves `io` without work. Safe at any point, and more than
  /// once.
  void stop();

  /// Ends the session; nothing if there was none. REQUIRES: stopped, and the run of `io` has ended.
  std::optional<session_totals> finish();

 private:
  void download(streamed_torrent& torrent);
  void on_downloaded(streamed_torrent& torrent, downloaded const& result);
  void take(streamed_torrent& torrent, lt::add_torrent_params params) const;
  void open_session(std::vector<lt::tcp::endpoint> const& peers);
  [[nodiscard]] torrent_session_events session_events();
  void add_to_session(streamed_torrent& torrent);
  [[nodiscard]] streamed_torrent* find(lt::torrent_handle const& handle);
  void on_metadata(streamed_torrent& torrent);
  void begin_preload(streamed_torrent& torrent, preload_amount const& amount);
  void on_preloaded(streamed_torrent& torrent, boost::system::error_code ec);
  void publish(streamed_torrent& torrent);
  void fail(streamed_torrent& torrent, std::string const& sentence);
  /// True unless `step` throws a sentence, which fails the torrent.
  template <typename Step>
  bool attempt(streamed_torrent& torrent, Step step);

  boost::asio::io_context& m_io;
  streamed_torrents_options const m_options;
  streamed_torrents_events const m_events;

  stream_catalog m_catalog;
  std::optional<peer_lookup> m_peer_lookup;
  std::vector<lt::tcp::endpoint> m_peers;
  known_peers m_known_peers;
  // Never moved: downloads and events know their addresses.
  std::list<streamed_torrent> m_torrents;
  std::optional<torrent_session> m_session;
  // Gone when this is stopped, which tells what comes from the network thread not to come.
  std::shared_ptr<streamed_torrents*> m_self = std::make_shared<streamed_torrents*>(this);
};

} // namespace memtorrent::session
