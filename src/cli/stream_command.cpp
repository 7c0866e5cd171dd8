#include "cli/stream_command.hpp"

#include "cli/progress.hpp"
#include "memtorrent/torrent_stream.hpp"
#include "server/reachable_address.hpp"
#include "session/budget_check.hpp"
#include "session/byte_size.hpp"
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

namespace memtorrent::cli {

namespace {

constexpr std::chrono::seconds progress_interval{1};

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

http::server_options server_options_for(console& output) {
  http::server_options options;
  options.log = [&output](std::string const& line) { output.message(printable(line)); };
  return options;
}

} // namespace

stream_command::stream_command(boost::asio::io_context& io, console& output, stream_options options,
                               std::function<void(std::string const&)> print_url)
    : m_io(io),
      m_console(output),
      m_options(std::move(options)),
      m_print_url(std::move(print_url)),
      m_server(
          io, m_options.http,
          [this](std::string const& info_hash_hex, int file) { return m_catalog.find(info_hash_hex, file); },
          server_options_for(output)),
      m_known_peers(
          io, {},
          [this](known_peers::endpoint const& peer) {
            for (auto const& torrent : m_torrents)
              if (torrent.handle.is_valid()) torrent.handle.connect_peer(peer);
          },
          [this](known_peers::endpoint const& peer) {
            m_console.message("gave up on the peer " + endpoint_text(peer) + ", which cannot be connected to");
          }),
      m_next_progress(io) {}

stream_command::~stream_command() { stop(); }

void stream_command::start() {
  for (auto const& source : m_options.sources) {
    auto& torrent = m_torrents.emplace_back();
    switch (kind_of_source(source)) {
      case source_kind::magnet: on_found(torrent, torrent_of_magnet(source)); break;
      case source_kind::path: on_found(torrent, torrent_of_file(source)); break;
      case source_kind::url: download(torrent, source); break;
    }
  }
  m_peer_lookup.emplace(m_io, m_options.peers, [this](std::vector<lt::tcp::endpoint> const& found) {
    if (!m_is_stopped) open_session(found);
  });
}

void stream_command::download(streamed_torrent& torrent, std::string const& from) {
  torrent.download.emplace(m_io, from, download_limits(),
                           [this, &torrent](downloaded const& result) { on_downloaded(torrent, result); });
}

void stream_command::on_downloaded(streamed_torrent& torrent, downloaded const& result) {
  if (auto const* failure = std::get_if<download_failure>(&result)) throw std::runtime_error(failure->sentence);
  if (auto const* magnet = std::get_if<magnet_link>(&result)) return on_found(torrent, torrent_of_magnet(magnet->uri));
  auto const& sent = std::get<torrent_bytes>(result);
  on_found(torrent, torrent_of_bytes("what " + sent.origin + " sent", sent.bytes));
}

void stream_command::on_found(streamed_torrent& torrent, lt::add_torrent_params params) {
  if (params.ti) {
    // Before anybody is connected to.
    check_budget(*params.ti, m_options.budget_bytes);
    choose_file(params.ti->files(), m_options.file);
  }
  auto const same = std::find_if(m_torrents.begin(), m_torrents.end(), [&](streamed_torrent const& other) {
    return (other.params && hashes_of(*other.params) == hashes_of(params)) ||
           (other.handle.is_valid() && other.handle.info_hashes() == hashes_of(params));
  });
  if (same != m_torrents.end()) throw std::runtime_error("two of the sources are the same torrent");
  torrent.params = std::move(params);
  if (m_session) add_to_session(torrent);
}

void stream_command::open_session(std::vector<lt::tcp::endpoint> const& peers) {
  using clock = std::chrono::steady_clock;
  torrent_session_options options;
  options.budget_bytes = m_options.budget_bytes;
  options.listen = m_options.listen;
  options.finds_peers = m_options.finds_peers;
  options.peers_share_addresses = share_addresses(peers);

  torrent_session_events events;
  events.ready = [this](lt::torrent_handle const& handle) { on_ready(find(handle)); };
  events.status = [this](lt::torrent_status const& status) { find(status.handle).status = status; };
  events.peer_connected = [this](lt::tcp::endpoint const& peer) { m_known_peers.on_connected(peer, clock::now()); };
  events.peer_disconnected = [this](lt::tcp::endpoint const& peer) {
    m_known_peers.on_disconnected(peer, clock::now());
  };
  m_session.emplace(m_io, options, std::move(events));
  m_peers = peers;
  for (auto& torrent : m_torrents)
    if (torrent.params) add_to_session(torrent);
  m_known_peers.add(peers);
  show_progress_soon();
}

void stream_command::add_to_session(streamed_torrent& torrent) {
  auto params = *std::exchange(torrent.params, std::nullopt);
  params.peers.insert(params.peers.end(), m_peers.begin(), m_peers.end());
  torrent.handle = m_session->add(std::move(params));
}

streamed_torrent& stream_command::find(lt::torrent_handle const& handle) {
  auto const found = std::find_if(m_torrents.begin(), m_torrents.end(),
                                  [&](streamed_torrent const& torrent) { return torrent.handle == handle; });
  if (found == m_torrents.end()) throw std::logic_error("an event of a torrent that nobody added");
  return *found;
}

void stream_command::on_ready(streamed_torrent& torrent) {
  auto const info = torrent.handle.torrent_file();
  if (!info) throw std::runtime_error("the torrent was lost");
  check_budget(*info, m_options.budget_bytes);
  auto const file = choose_file(info->files(), m_options.file);

  boost::system::error_code ec;
  torrent.stream = torrent_stream::create(torrent.handle, m_session->disk(), ec);
  if (ec) throw std::runtime_error("the torrent cannot be streamed: " + ec.message());
  if (!m_options.preload) return publish(torrent);

  torrent.preload =
      torrent.stream->preload(file, bytes_to_preload(*m_options.preload, info->files().file_size(file)), ec);
  if (ec) throw std::runtime_error("the film cannot be preloaded: " + ec.message());
  torrent.preload->async_wait([&io = m_io, weak = std::weak_ptr(m_self), &torrent](boost::system::error_code failed) {
    boost::asio::post(io, [weak, &torrent, failed] {
      auto const self = weak.lock();
      if (self && !failed) (*self)->publish(torrent);
    });
  });
}

void stream_command::publish(streamed_torrent& torrent) {
  auto const info = torrent.handle.torrent_file();
  auto const file = choose_file(info->files(), m_options.file);
  m_catalog.publish(info, torrent.stream);
  m_console.message("streaming " + printable(std::string(info->files().file_name(file))) + ", " +
                    readable_size(info->files().file_size(file)) + ", on a budget of " +
                    readable_size(m_options.budget_bytes));
  auto const listening = m_server.local_endpoint();
  m_print_url("http://" + endpoint_text({server::reachable_address(listening.address()), listening.port()}) +
              stream_catalog::path_of(*info, file));
}

void stream_command::show_progress() {
  m_session->request_status();
  stream_progress now;
  now.has_metadata = true;
  for (auto const& torrent : m_torrents) add_to(now, torrent);
  auto const memory = m_session->disk().stats();
  now.used_bytes = memory.used_bytes;
  now.budget_bytes = memory.budget_bytes;
  now.open_readers = m_catalog.open_readers();
  m_console.progress(progress_line(now), waiting_kind(now), std::chrono::steady_clock::now());
  show_progress_soon();
}

void stream_command::show_progress_soon() {
  m_next_progress.expires_after(progress_interval);
  m_next_progress.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled && !m_is_stopped) show_progress();
  });
}

void stream_command::stop() {
  m_is_stopped = true;
  m_self.reset();
  m_console.clear_progress();
  m_server.stop();
  m_catalog.clear();
  for (auto& torrent : m_torrents) {
    torrent.download.reset();
    torrent.preload.reset();
  }
  m_peer_lookup.reset();
  m_known_peers.stop();
  m_next_progress.cancel();
  if (m_session) m_session->stop();
}

void stream_command::finish() {
  if (!m_session) return;
  std::int64_t downloaded_bytes = 0;
  for (auto& torrent : m_torrents) {
    if (torrent.handle.is_valid()) downloaded_bytes += torrent.handle.status({}).total_payload_download;
    torrent.stream.reset();
  }
  auto const disk = m_session->disk();
  auto const peers_banned = m_session->peers_banned();
  m_session.reset();
  m_console.message(summary_line(downloaded_bytes, disk.stats(), peers_banned));
}

} // namespace memtorrent::cli
