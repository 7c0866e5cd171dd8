#include "session/streamed_torrents.hpp"

#include "memtorrent/torrent_stream.hpp"
#include "session/budget_check.hpp"
#include "session/download_url.hpp"
#include "session/endpoint_text.hpp"
#include "session/file_choice.hpp"
#include "session/printable.hpp"
#include "session/torrent_source.hpp"

#include <libtorrent/info_hash.hpp>
#include <libtorrent/torrent_info.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>
#include <utility>

namespace memtorrent::session {

namespace {

using steady_clock = std::chrono::steady_clock;

// Also true for one peer on loopback: others of its swarm, which it may name, are there too.
bool share_addresses(std::vector<lt::tcp::endpoint> const& peers) {
  std::set<lt::address> seen;
  return std::any_of(peers.begin(), peers.end(), [&](lt::tcp::endpoint const& peer) {
    return peer.address().is_loopback() || !seen.insert(peer.address()).second;
  });
}

lt::info_hash_t hashes_of(lt::add_torrent_params const& params) {
  return params.ti ? params.ti->info_hashes() : params.info_hashes;
}

// A link to a torrent may have one of the two hashes that its file has.
bool are_of_one_torrent(lt::info_hash_t const& a, lt::info_hash_t const& b) {
  return (a.has_v1() && a.v1 == b.v1) || (a.has_v2() && a.v2 == b.v2);
}

} // namespace

streamed_torrents::streamed_torrents(boost::asio::io_context& io, streamed_torrents_options options,
                                     streamed_torrents_events events)
    : m_io(io),
      m_options(std::move(options)),
      m_events(std::move(events)),
      m_known_peers(
          io, {},
          [this](known_peers::endpoint const& peer) {
            for (auto const& torrent : m_torrents)
              if (torrent.handle.is_valid()) torrent.handle.connect_peer(peer);
          },
          [this](known_peers::endpoint const& peer) {
            m_events.message("gave up on the peer " + endpoint_text(peer) + ", which cannot be connected to");
          }) {}

streamed_torrents::~streamed_torrents() { stop(); }

void streamed_torrents::add(std::string const& source, stream_choice const& choice) {
  std::list<streamed_torrent> added(1);
  auto& torrent = added.front();
  torrent.source = source;
  torrent.choice = choice;
  switch (kind_of_source(source)) {
    case source_kind::magnet: take(torrent, torrent_of_magnet(source)); break;
    case source_kind::path: take(torrent, torrent_of_file(source)); break;
    case source_kind::url: download(torrent); break;
  }
  if (m_session && torrent.params) add_to_session(torrent);
  m_torrents.splice(m_torrents.end(), added);
}

void streamed_torrents::start(std::vector<peer_address> peers) {
  m_peer_lookup.emplace(m_io, std::move(peers),
                        [this](std::vector<lt::tcp::endpoint> const& found) { open_session(found); });
}

void streamed_torrents::download(streamed_torrent& torrent) {
  (void)read_download_url(torrent.source); // throws at once for what is no such URL
  torrent.download.emplace(m_io, torrent.source, download_limits(),
                           [this, &torrent](downloaded const& result) { on_downloaded(torrent, result); });
}

void streamed_torrents::on_downloaded(streamed_torrent& torrent, downloaded const& result) {
  attempt(torrent, [&] {
    if (auto const* failure = std::get_if<download_failure>(&result)) throw std::runtime_error(failure->sentence);
    if (auto const* magnet = std::get_if<magnet_link>(&result)) {
      take(torrent, torrent_of_magnet(magnet->uri));
    } else {
      auto const& sent = std::get<torrent_bytes>(result);
      take(torrent, torrent_of_bytes("what " + sent.origin + " sent", sent.bytes));
    }
    if (m_session) add_to_session(torrent);
  });
}

void streamed_torrents::take(streamed_torrent& torrent, lt::add_torrent_params params) const {
  if (params.ti) {
    // Before anybody is connected to.
    check_budget(*params.ti, m_options.budget_bytes);
    choose_file(params.ti->files(), torrent.choice.file);
  }
  auto const hashes = hashes_of(params);
  auto const same = std::find_if(m_torrents.begin(), m_torrents.end(), [&](streamed_torrent const& other) {
    return other.failure.empty() && are_of_one_torrent(other.hashes, hashes);
  });
  if (same != m_torrents.end()) throw std::runtime_error("two of the sources are the same torrent");
  torrent.hashes = hashes;
  torrent.name = params.ti ? params.ti->name() : params.name;
  torrent.params = std::move(params);
}

void streamed_torrents::open_session(std::vector<lt::tcp::endpoint> const& peers) {
  torrent_session_options options;
  options.budget_bytes = m_options.budget_bytes;
  options.listen = m_options.listen;
  options.finds_peers = m_options.finds_peers;
  options.peers_share_addresses = share_addresses(peers);
  m_session.emplace(m_io, options, session_events());
  m_peers = peers;
  for (auto& torrent : m_torrents) {
    if (torrent.params) attempt(torrent, [&] { add_to_session(torrent); });
  }
  m_known_peers.add(peers);
}

torrent_session_events streamed_torrents::session_events() {
  torrent_session_events events;
  // What is still told of a torrent that failed meanwhile is of no use to anybody.
  events.ready = [this](lt::torrent_handle const& handle) {
    if (auto* const torrent = find(handle)) on_metadata(*torrent);
  };
  events.status = [this](lt::torrent_status const& status) {
    if (auto* const torrent = find(status.handle)) torrent->status = status;
  };
  events.failed = [this](lt::torrent_handle const& handle, std::string const& sentence) {
    if (auto* const torrent = find(handle)) fail(*torrent, sentence);
  };
  events.peer_connected = [this](lt::tcp::endpoint const& peer) {
    m_known_peers.on_connected(peer, steady_clock::now());
  };
  events.peer_disconnected = [this](lt::tcp::endpoint const& peer) {
    m_known_peers.on_disconnected(peer, steady_clock::now());
  };
  return events;
}

void streamed_torrents::add_to_session(streamed_torrent& torrent) {
  auto params = *std::exchange(torrent.params, std::nullopt);
  params.peers.insert(params.peers.end(), m_peers.begin(), m_peers.end());
  torrent.handle = m_session->add(std::move(params));
}

streamed_torrent* streamed_torrents::find(lt::torrent_handle const& handle) {
  // All that are not valid are equal.
  if (!handle.is_valid()) return nullptr;
  auto const found = std::find_if(m_torrents.begin(), m_torrents.end(), [&](streamed_torrent const& torrent) {
    return torrent.failure.empty() && torrent.handle == handle;
  });
  return found == m_torrents.end() ? nullptr : &*found;
}

void streamed_torrents::on_metadata(streamed_torrent& torrent) {
  bool const has_stream = attempt(torrent, [&] {
    torrent.info = torrent.handle.torrent_file();
    if (!torrent.info) throw std::runtime_error("the torrent was lost");
    torrent.name = torrent.info->name();
    check_budget(*torrent.info, m_options.budget_bytes);
    torrent.file = choose_file(torrent.info->files(), torrent.choice.file);
    boost::system::error_code ec;
    torrent.stream = torrent_stream::create(torrent.handle, m_session->disk(), ec);
    if (ec) throw std::runtime_error("the torrent cannot be streamed: " + ec.message());
    if (torrent.choice.preload) begin_preload(torrent, *torrent.choice.preload);
  });
  // Outside of the attempt: what whoever is told throws is not the torrent's failure.
  if (has_stream && !torrent.choice.preload) publish(torrent);
}

void streamed_torrents::begin_preload(streamed_torrent& torrent, preload_amount const& amount) {
  boost::system::error_code ec;
  torrent.preload = torrent.stream->preload(
      torrent.file, bytes_to_preload(amount, torrent.info->files().file_size(torrent.file)), ec);
  if (ec) throw std::runtime_error("the film cannot be preloaded: " + ec.message());
  torrent.preload->async_wait([&io = m_io, weak = std::weak_ptr(m_self), &torrent](boost::system::error_code failed) {
    boost::asio::post(io, [weak, &torrent, failed] {
      if (auto const self = weak.lock()) (*self)->on_preloaded(torrent, failed);
    });
  });
}

void streamed_torrents::on_preloaded(streamed_torrent& torrent, boost::system::error_code ec) {
  if (!torrent.failure.empty()) return;
  if (ec) return fail(torrent, "the film cannot be preloaded: " + ec.message());
  publish(torrent);
}

void streamed_torrents::publish(streamed_torrent& torrent) {
  m_catalog.publish(torrent.info, torrent.stream);
  m_events.ready(torrent);
}

void streamed_torrents::fail(streamed_torrent& torrent, std::string const& sentence) {
  torrent.failure = sentence;
  torrent.download.reset();
  torrent.params.reset();
  torrent.preload.reset();
  if (torrent.info) m_catalog.withdraw(*torrent.info);
  torrent.stream.reset();
  torrent.status = {};
  if (m_session && torrent.handle.is_valid()) {
    torrent.downloaded_bytes = torrent.handle.status({}).total_payload_download;
    m_session->remove(std::exchange(torrent.handle, {}));
  }
  m_events.failed(torrent);
}

template <typename Step>
bool streamed_torrents::attempt(streamed_torrent& torrent, Step step) {
  try {
    step();
    return true;
  } catch (std::runtime_error const& error) {
    fail(torrent, error.what());
    return false;
  }
}

stream_progress streamed_torrents::progress() {
  stream_progress now;
  now.has_metadata = true;
  for (auto const& torrent : m_torrents) {
    if (torrent.failure.empty()) add_to(now, torrent);
  }
  now.budget_bytes = m_options.budget_bytes;
  now.open_readers = m_catalog.open_readers();
  if (m_session) {
    auto const memory = m_session->disk().stats();
    now.used_bytes = memory.used_bytes;
    now.budget_bytes = memory.budget_bytes;
    m_session->request_status();
  }
  return now;
}

void streamed_torrents::stop() {
  m_self.reset();
  m_catalog.clear();
  for (auto& torrent : m_torrents) {
    torrent.download.reset();
    torrent.preload.reset();
  }
  m_peer_lookup.reset();
  m_known_peers.stop();
  if (m_session) m_session->stop();
}

std::optional<session_totals> streamed_torrents::finish() {
  if (!m_session) return std::nullopt;
  session_totals totals;
  for (auto& torrent : m_torrents) {
    if (torrent.handle.is_valid()) torrent.downloaded_bytes = torrent.handle.status({}).total_payload_download;
    totals.downloaded_bytes += torrent.downloaded_bytes;
    torrent.stream.reset();
  }
  auto const disk = m_session->disk();
  totals.peers_banned = m_session->peers_banned();
  m_session.reset();
  totals.memory = disk.stats();
  return totals;
}

} // namespace memtorrent::session
