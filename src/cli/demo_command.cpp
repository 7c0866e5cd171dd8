#include "cli/demo_command.hpp"

#include "session/printable.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace memtorrent::cli {

namespace {

constexpr std::size_t seeders = 3;
// Of all together: some four times what the film needs, so that one sees it stream.
constexpr int swarm_bytes_per_s = 8 * 1024 * 1024;

constexpr char const* film_name = "memtorrent demo.mp4";
constexpr char const* torrent_name = "memtorrent demo.torrent";

} // namespace

demo_command::demo_command(boost::asio::io_context& io, console& output, demo_options options, std::string own_program,
                           std::function<void(std::string const&)> print_url)
    : m_io(io),
      m_console(output),
      m_options(std::move(options)),
      m_own_program(std::move(own_program)),
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
  options.listen = parse_endpoint("127.0.0.1:0");
  options.finds_peers = false;
  return options;
}

void demo_command::start() {
  demo_film::events events;
  events.progress = [this](int percent) {
    m_console.progress(
        "making a film of " + std::to_string(m_options.film_seconds) + " s: " + std::to_string(percent) + " %", "film",
        std::chrono::steady_clock::now());
  };
  events.done = [this] {
    m_console.message("made a film of " + std::to_string(m_options.film_seconds) + " s in " +
                      m_directory.path().string() + ", which goes when the demo ends");
    make_torrent(m_directory.path() / film_name, m_directory.path() / torrent_name);
    start_seeders();
  };
  m_film.emplace(m_io, m_directory.path() / film_name, m_options.film_seconds, std::move(events));
}

void demo_command::start_seeders() {
  auto const limit = std::to_string(swarm_bytes_per_s / static_cast<int>(seeders));
  for (std::size_t i = 0; i < seeders; ++i) {
    child_process::output_handlers handlers;
    handlers.line = [this](std::string const& port) { on_seeder_listens(port); };
    handlers.end = [] { throw std::runtime_error("a seeder of the demo ended"); };
    m_seeders.push_back(std::make_unique<child_process>(
        m_io,
        std::vector<std::string>{m_own_program, "seed-for-demo", (m_directory.path() / torrent_name).string(),
                                 m_directory.path().string(), limit},
        std::move(handlers)));
  }
}

void demo_command::on_seeder_listens(std::string const& port) {
  m_stream.add_peer(parse_peer_address("127.0.0.1:" + port));
  if (++m_seeders_listening == seeders) m_stream.start();
}

void demo_command::stop() {
  m_film.reset();
  m_stream.stop();
  // After the stream: it would try to reach them again.
  m_seeders.clear();
}

} // namespace memtorrent::cli
