#include "cli/stream_command.hpp"

#include "cli/budget_check.hpp"
#include "cli/byte_size.hpp"
#include "cli/file_choice.hpp"
#include "cli/printable.hpp"
#include "cli/progress.hpp"
#include "cli/reachable_address.hpp"
#include "cli/torrent_source.hpp"
#include "memtorrent/torrent_stream.hpp"

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
          io, {}, [this](known_peers::endpoint const& peer) { m_session->torrent().connect_peer(peer); },
          [this](known_peers::endpoint const& peer) {
            m_console.message("gave up on the peer " + endpoint_text(peer) + ", which cannot be connected to");
          }),
      m_next_progress(io) {}

stream_command::~stream_command() { stop(); }

void stream_command::start() {
  auto const& source = m_options.source;
  switch (kind_of_source(source)) {
    case source_kind::magnet: return find_peers(torrent_of_magnet(source));
    case source_kind::path: return find_peers(torrent_of_file(source));
    case source_kind::url: return download(source);
  }
}

void stream_command::download(std::string const& from) {
  auto const parsed = parse_url(from);
  if (!parsed) throw std::runtime_error("'" + printable(from) + "' is not a URL that can be fetched");
  http_get_limits limits;
  limits.max_bytes = max_torrent_file_bytes;
  m_download.emplace(m_io, *parsed, limits,
                     [this, origin = parsed->origin()](downloaded const& result) { on_downloaded(origin, result); });
}

void stream_command::on_downloaded(std::string const& origin, downloaded const& result) {
  if (auto const* failure = std::get_if<download_failure>(&result)) throw std::runtime_error(failure->sentence);
  if (auto const* magnet = std::get_if<magnet_link>(&result)) return find_peers(torrent_of_magnet(magnet->uri));
  find_peers(torrent_of_bytes("what " + origin + " sent", std::get<torrent_bytes>(result).bytes));
}

void stream_command::find_peers(lt::add_torrent_params torrent) {
  if (torrent.ti) {
    // Before anybody is connected to.
    check_budget(*torrent.ti, m_options.budget_bytes);
    choose_file(torrent.ti->files(), m_options.file);
  }
  m_peer_lookup.emplace(m_io, m_options.peers,
                        [this, torrent = std::move(torrent)](std::vector<lt::tcp::endpoint> const& found) {
                          if (!m_is_stopped) open_session(torrent, found);
                        });
}

void stream_command::open_session(lt::add_torrent_params torrent, std::vector<lt::tcp::endpoint> const& peers) {
  using clock = std::chrono::steady_clock;
  torrent_session_options options;
  options.torrent = std::move(torrent);
  options.torrent.peers.insert(options.torrent.peers.end(), peers.begin(), peers.end());
  options.budget_bytes = m_options.budget_bytes;
  options.listen = m_options.listen;
  options.finds_peers = m_options.finds_peers;
  options.peers_share_addresses = share_addresses(peers);

  torrent_session_events events;
  events.ready = [this] { publish(); };
  events.status = [this](lt::torrent_status const& status) { m_status = status; };
  events.peer_connected = [this](lt::tcp::endpoint const& peer) { m_known_peers.on_connected(peer, clock::now()); };
  events.peer_disconnected = [this](lt::tcp::endpoint const& peer) {
    m_known_peers.on_disconnected(peer, clock::now());
  };
  m_session.emplace(m_io, std::move(options), std::move(events));
  m_known_peers.add(peers);
  show_progress_soon();
}

void stream_command::publish() {
  auto const info = m_session->torrent().torrent_file();
  if (!info) throw std::runtime_error("the torrent was lost");
  check_budget(*info, m_options.budget_bytes);
  auto const file = choose_file(info->files(), m_options.file);

  boost::system::error_code ec;
  m_stream = torrent_stream::create(m_session->torrent(), m_session->disk(), ec);
  if (ec) throw std::runtime_error("the torrent cannot be streamed: " + ec.message());
  m_catalog.publish(info, m_stream);

  m_console.message("streaming " + printable(std::string(info->files().file_name(file))) + ", " +
                    readable_size(info->files().file_size(file)) + ", on a budget of " +
                    readable_size(m_options.budget_bytes));
  auto const listening = m_server.local_endpoint();
  m_print_url("http://" + endpoint_text({reachable_address(listening.address()), listening.port()}) +
              m_catalog.path_of(file));
}

void stream_command::show_progress() {
  m_session->request_status();
  progress now;
  auto const memory = m_session->disk().stats();
  now.has_metadata = m_stream != nullptr;
  now.peers = m_status.num_peers;
  now.seeds = m_status.num_seeds;
  now.rate_bytes_per_s = m_status.download_payload_rate;
  now.buffered_bytes = m_stream ? m_stream->buffered_bytes() : 0;
  now.used_bytes = memory.used_bytes;
  now.budget_bytes = memory.budget_bytes;
  now.open_readers = m_catalog.open_readers();
  m_console.progress(progress_line(now), waiting_reason(now), std::chrono::steady_clock::now());
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
  m_console.clear_progress();
  m_server.stop();
  m_catalog.clear();
  m_download.reset();
  m_peer_lookup.reset();
  m_known_peers.stop();
  m_next_progress.cancel();
  if (m_session) m_session->stop();
}

void stream_command::finish() {
  if (!m_session) return;
  auto const downloaded_bytes = m_session->torrent().status({}).total_payload_download;
  auto const disk = m_session->disk();
  auto const peers_banned = m_session->peers_banned();
  m_stream.reset();
  m_session.reset();
  m_console.message(summary_line(downloaded_bytes, disk.stats(), peers_banned));
}

} // namespace memtorrent::cli
