#include "cli/options.hpp"

#include "cli/usage_error.hpp"
#include "session/byte_size.hpp"
#include "session/printable.hpp"
#include "session/value_error.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent::cli {

using session::parse_byte_size;
using session::parse_endpoint;
using session::parse_peer_address;
using session::parse_preload_amount;
using session::printable;
using session::value_error;

namespace {

constexpr int longest_film_seconds = 3600;

// Reads the value of an option, and says which one it was when that fails.
template <typename Parse>
auto read_option(char const* option, std::string const& text, Parse parse) {
  try {
    return parse(text);
  } catch (value_error const& error) {
    throw usage_error(std::string(option) + ": " + error.what());
  }
}

// Empty, or what --help or --version asks for.
std::string parse(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end()); // the order in which CLI11 takes them
  try {
    app.parse(std::move(arguments));
    return {};
  } catch (CLI::CallForHelp const&) {
    return app.help();
  } catch (CLI::CallForVersion const& version) {
    return version.what() + std::string("\n");
  } catch (CLI::ParseError const& error) {
    throw usage_error(printable(error.what()) + " (" + app.get_name() + " --help lists the options)");
  }
}

// What a command that streams has in common with the demo.
struct common_texts {
  std::string budget = "64MiB";
  std::string http = default_http_endpoint;

  void add_to(CLI::App& app) {
    app.add_option("--budget", budget, "The most memory that the torrent's data may take")
        ->type_name("SIZE")
        ->capture_default_str();
    app.add_option("--http", http, "Where players connect; port 0 takes any free one")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
  }

  template <typename Options>
  void read_into(Options& options) const {
    options.budget_bytes = read_option("--budget", budget, parse_byte_size);
    options.http = read_option("--http", http, parse_endpoint);
  }
};

command_line parse_stream(std::vector<std::string> arguments) {
  CLI::App app("Streams a torrent over HTTP from RAM.", "memtorrent");
  app.set_version_flag("--version", "memtorrent " MEMTORRENT_VERSION);
  app.footer("memtorrent demo streams a film that it makes itself, without internet; see memtorrent demo --help.");

  stream_options options;
  common_texts common;
  std::string listen = default_listen_endpoint;
  std::vector<std::string> peers;
  std::string preload;
  bool no_dht = false;
  app.add_option("SOURCE", options.sources,
                 "A magnet link, a .torrent file, or an http or https URL of one; several share the budget")
      ->required()
      ->type_name("");
  common.add_to(app);
  app.add_option("--listen", listen, "Where peers connect; port 0 takes any free one")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  app.add_option("--peer", peers, "A peer to connect to at once; may be given several times")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--file", options.file, "Which file to stream, by its number or its name, such as '*.mkv'")
      ->type_name("INDEX|GLOB");
  app.add_option("--preload", preload, "What to fetch of a film before its URL is printed")->type_name("SIZE|PERCENT");
  app.add_flag("--no-dht", no_dht, "Do not look for peers in the DHT or on the local network");
  if (auto text = parse(app, std::move(arguments)); !text.empty()) return information{std::move(text)};

  common.read_into(options);
  options.listen = read_option("--listen", listen, parse_endpoint);
  for (auto const& peer : peers) options.peers.push_back(read_option("--peer", peer, parse_peer_address));
  if (!preload.empty()) options.preload = read_option("--preload", preload, parse_preload_amount);
  options.finds_peers = !no_dht;
  return options;
}

command_line parse_demo(std::vector<std::string> arguments) {
  CLI::App app("Makes a film, seeds it on this machine, and streams it over HTTP from RAM.", "memtorrent demo");
  demo_options options;
  common_texts common;
  common.add_to(app);
  app.add_option("--seconds", options.film_seconds, "Length of the film")
      ->type_name("N")
      ->check(CLI::Range(1, longest_film_seconds))
      ->capture_default_str();
  if (auto text = parse(app, std::move(arguments)); !text.empty()) return information{std::move(text)};
  common.read_into(options);
  return options;
}

} // namespace

command_line parse_command_line(std::vector<std::string> arguments) {
  auto const name = arguments.empty() ? std::string() : arguments.front();
  if (name != "demo") return parse_stream(std::move(arguments));
  arguments.erase(arguments.begin());
  return parse_demo(std::move(arguments));
}

} // namespace memtorrent::cli
