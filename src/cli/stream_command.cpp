#include "cli/stream_command.hpp"

#include "cli/progress.hpp"
#include "server/stream_routes.hpp"
#include "session/byte_size.hpp"
#include "session/printable.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace memtorrent::cli {

using session::printable;
using session::readable_size;

namespace {

constexpr std::chrono::seconds progress_interval{1};

session::streamed_torrents_options session_options_of(stream_options const& options) {
  return {.budget_bytes = options.budget_bytes, .listen = options.listen, .finds_peers = options.finds_peers};
}

http::server_options server_options_for(console& output) {
  http::server_options options;
  options.log = [&output](std::string const& line) { output.message(printable(line)); };
  return options;
}

} // namespace

stream_command::stream_command(boost::asio::io_context& io, console& output, stream_options options,
                               std::function<void(std::string const&)> print_url)
    : m_console(output),
      m_options(std::move(options)),
      m_print_url(std::move(print_url)),
      m_torrents(io, session_options_of(m_options), events()),
      m_torrents_left(m_options.sources.size()),
      m_server(io, m_options.http, server::find_in(m_torrents.catalog()), server_options_for(output)),
      m_next_progress(io) {}

stream_command::~stream_command() { stop(); }

session::streamed_torrents_events stream_command::events() {
  session::streamed_torrents_events events;
  events.ready = [this](session::streamed_torrent const& torrent) { on_ready(torrent); };
  events.failed = [this](session::streamed_torrent const& torrent) { on_failed(torrent); };
  events.message = [this](std::string const& sentence) { m_console.message(sentence); };
  return events;
}

void stream_command::start(std::vector<session::peer_address> const& more_peers) {
  for (auto const& source : m_options.sources) m_torrents.add(source, {m_options.file, m_options.preload});
  auto peers = m_options.peers;
  peers.insert(peers.end(), more_peers.begin(), more_peers.end());
  m_torrents.start(std::move(peers));
  show_progress_soon();
}

void stream_command::on_ready(session::streamed_torrent const& torrent) {
  auto const& files = torrent.info->files();
  m_console.message("streaming " + printable(std::string(files.file_name(torrent.file))) + ", " +
                    readable_size(files.file_size(torrent.file)) + ", on a budget of " +
                    readable_size(m_options.budget_bytes));
  m_print_url(server::stream_url(m_server.local_endpoint(), *torrent.info, torrent.file));
}

void stream_command::on_failed(session::streamed_torrent const& torrent) {
  if (--m_torrents_left == 0) throw std::runtime_error(torrent.failure);
  auto const name = torrent.name.empty() ? std::string() : printable(torrent.name) + ": ";
  m_console.message(name + printable(torrent.failure));
}

void stream_command::show_progress_soon() {
  m_next_progress.expires_after(progress_interval);
  m_next_progress.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled || m_is_stopped) return;
    auto const now = m_torrents.progress();
    m_console.progress(progress_line(now), waiting_kind(now), std::chrono::steady_clock::now());
    show_progress_soon();
  });
}

void stream_command::stop() {
  m_is_stopped = true;
  m_next_progress.cancel();
  m_console.clear_progress();
  m_server.stop();
  m_torrents.stop();
}

void stream_command::finish() {
  auto const totals = m_torrents.finish();
  if (totals) m_console.message(summary_line(totals->downloaded_bytes, totals->memory, totals->peers_banned));
}

} // namespace memtorrent::cli
