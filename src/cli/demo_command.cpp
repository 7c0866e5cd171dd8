#include "cli/demo_command.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace memtorrent::cli {

namespace {

constexpr int seeders = 3;
// Of all together: some four times what the film needs, so that one sees it stream.
constexpr int swarm_bytes_per_s = 8 * 1024 * 1024;

constexpr char const* film_name = "memtorrent demo.mp4";
constexpr char const* torrent_name = "memtorrent demo.torrent";

} // namespace

demo_command::demo_command(boost::asio::io_context& io, console& output, demo_options options,
                           std::function<void(std::string const&)> print_url)
    : m_io(io),
      m_console(output),
      m_options(std::move(options)),
      m_directory([&output](std::string const& complaint) { output.message(complaint); }),
      m_stream(io, output, options_of_stream(), [&output, print = std::move(print_url)](std::string const& url) {
        output.message(std::to_string(seeders) + " seeders on this machine have it; watch it with: mpv " + url);
        print(url);
      }) {}

stream_options demo_command::options_of_stream() const {
  stream_options options;
  options.sources = {(m_directory.path() / torrent_name).string()};
  options.budget_bytes = m_options.budget_bytes;
  options.http = m_options.http;
  options.listen = session::parse_endpoint("127.0.0.1:0");
  options.finds_peers = false;
  return options;
}

void demo_command::start() {
  demo::demo_film::events events;
  events.progress = [this](int percent) {
    m_console.progress(
        "making a film of " + std::to_string(m_options.film_seconds) + " s: " + std::to_string(percent) + " %", "film",
        std::chrono::steady_clock::now());
  };
  events.done = [this] {
    m_console.message("made a film of " + std::to_string(m_options.film_seconds) + " s in " +
                      m_directory.path().string() + ", which goes when the demo ends");
    demo::make_torrent(m_directory.path() / film_name, m_directory.path() / torrent_name);
    start_swarm();
  };
  m_film.emplace(m_io, m_directory.path() / film_name, m_options.film_seconds, std::move(events));
}

void demo_command::start_swarm() {
  demo::demo_swarm_options options;
  options.torrent_path = (m_directory.path() / torrent_name).string();
  options.folder = m_directory.path().string();
  options.seeds = seeders;
  options.upload_limit_bytes_per_s = swarm_bytes_per_s;
  m_swarm.emplace(m_io, options, [this](std::vector<boost::asio::ip::tcp::endpoint> const& listening) {
    std::vector<session::peer_address> peers;
    peers.reserve(listening.size());
    for (auto const& seed : listening) peers.push_back({seed.address().to_string(), seed.port()});
    m_stream.start(peers);
  });
}

void demo_command::stop() {
  m_film.reset();
  m_stream.stop();
  // After the stream: it would try to reach them again.
  m_swarm.reset();
}

} // namespace memtorrent::cli
