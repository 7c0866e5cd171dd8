#include "cli/options.hpp"

#include "cli/usage_error.hpp"
#include "session/byte_size.hpp"
#include "session/printable.hpp"
#include "session/value_error.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace memtorrent::cli {

namespace {

constexpr int longest_film_seconds = 3600;

// Reads an option's text, and says which option it was when that fails.
template <typename Parse>
auto read_option(std::string const& name, std::string const& text, Parse parse) {
  try {
    return parse(text);
  } catch (session::value_error const& error) {
    throw usage_error(name + ": " + error.what());
  }
}

// An option whose value `parse` reads as soon as CLI11 has its text.
template <typename Value, typename Parse>
CLI::Option* add_parsed(CLI::App& app, std::string const& name, Value& value, Parse parse, char const* meaning) {
  return app.add_option_function<std::string>(
      name, [name, parse, &value](std::string const& text) { value = read_option(name, text, parse); }, meaning);
}

// The same for one that may be given several times.
template <typename Value, typename Parse>
CLI::Option* add_parsed(CLI::App& app, std::string const& name, std::vector<Value>& values, Parse parse,
                        char const* meaning) {
  return app
      .add_option_function<std::vector<std::string>>(
          name,
          [name, parse, &values](std::vector<std::string> const& texts) {
            for (auto const& text : texts) values.push_back(read_option(name, text, parse));
          },
          meaning)
      ->allow_extra_args(false);
}

// What a command that streams has in common with the demo.
template <typename Options>
void add_common(CLI::App& app, Options& options) {
  add_parsed(app, "--budget", options.budget_bytes, session::parse_byte_size,
             "The most memory that the torrent's data may take")
      ->type_name("SIZE")
      ->default_str(session::byte_size_argument(options.budget_bytes));
  add_parsed(app, "--http", options.http, session::parse_endpoint, "Where players connect; port 0 takes any free one")
      ->type_name("ADDRESS:PORT")
      ->default_str(session::endpoint_text(options.http));
}

void add_stream(CLI::App& app, stream_options& options) {
  app.add_option("SOURCE", options.sources,
                 "A magnet link, a .torrent file, or an http or https URL of one; several share the budget")
      ->type_name("");
  add_common(app, options);
  add_parsed(app, "--listen", options.listen, session::parse_endpoint, "Where peers connect; port 0 takes any free one")
      ->type_name("ADDRESS:PORT")
      ->default_str(session::endpoint_text(options.listen));
  add_parsed(app, "--peer", options.peers, session::parse_peer_address,
             "A peer to connect to at once; may be given several times")
      ->type_name("HOST:PORT");
  app.add_option("--file", options.file, "Which file to stream, by its number or its name, such as '*.mkv'")
      ->type_name("INDEX|GLOB");
  add_parsed(app, "--preload", options.preload, session::parse_preload_amount,
             "What to fetch of a film before its URL is printed")
      ->type_name("SIZE|PERCENT");
  app.add_flag_callback(
      "--no-dht", [&options] { options.finds_peers = false; },
      "Do not look for peers in the DHT or on the local network");
}

CLI::App* add_demo(CLI::App& app, demo_options& options) {
  auto* const demo =
      app.add_subcommand("demo", "Makes a film, seeds it on this machine, and streams that; needs no internet");
  // It takes the place of SOURCE and of what belongs to that.
  for (auto* const option : app.get_options()) {
    if (option->get_name() != "--help") demo->excludes(option);
  }
  add_common(*demo, options);
  demo->add_option("--seconds", options.film_seconds, "Length of the film")
      ->type_name("N")
      ->check(CLI::Range(1, longest_film_seconds))
      ->capture_default_str();
  return demo;
}

// CLI11 has one line for a command and its subcommands.
class usage_of_each : public CLI::Formatter {
 public:
  std::string make_usage(CLI::App const* app, std::string name) const override {
    if (app->get_parent()) return CLI::Formatter::make_usage(app, name);
    return "Usage: " + name + " [OPTIONS] SOURCE...\n       " + name + " demo [OPTIONS]\n";
  }
};

std::string where_to_look(std::string const& command) { return " (" + command + " --help lists the options)"; }

// Of what CLI11 found wrong.
std::string sentence_of(CLI::ParseError const& error, std::string const& command) {
  if (error.get_name() == "ExcludesError") {
    return "'memtorrent demo' takes no SOURCE, and has options of its own" + where_to_look("memtorrent demo");
  }
  return session::printable(error.what()) + where_to_look(command);
}

} // namespace

command_line parse_command_line(std::vector<std::string> arguments) {
  CLI::App app("Streams torrents over HTTP from RAM.", "memtorrent");
  app.formatter(std::make_shared<usage_of_each>());
  app.set_version_flag("--version", "memtorrent " MEMTORRENT_VERSION);
  stream_options stream;
  demo_options of_demo;
  add_stream(app, stream);
  auto* const demo = add_demo(app, of_demo);

  std::reverse(arguments.begin(), arguments.end()); // the order in which CLI11 takes them
  try {
    app.parse(std::move(arguments));
  } catch (CLI::CallForHelp const&) {
    return information{app.help()};
  } catch (CLI::CallForVersion const& version) {
    return information{version.what() + std::string("\n")};
  } catch (CLI::ParseError const& error) {
    throw usage_error(sentence_of(error, demo->parsed() ? "memtorrent demo" : "memtorrent"));
  }
  if (demo->parsed()) return of_demo;
  // Not by CLI11, which would take the name of the subcommand for a positional that is required.
  if (stream.sources.empty()) throw usage_error("SOURCE is required" + where_to_look("memtorrent"));
  return stream;
}

} // namespace memtorrent::cli
