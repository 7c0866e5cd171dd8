#include "session_bench/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <stdexcept>

namespace memtorrent::bench {

namespace {

void add_sizes(CLI::App& app, session_bench_options& options) {
  constexpr int most_mib = 1 << 16;
  app.add_option("--runs", options.runs, "Transfers with each backend; medians are shown")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--size-mib", options.size_mib, "Size of the torrent")
      ->check(CLI::Range(1, most_mib))
      ->capture_default_str();
  app.add_option("--piece-kib", options.piece_kib, "Size of its pieces")
      ->check(CLI::IsMember({16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384}))
      ->capture_default_str();
  app.add_option("--budget-mib", options.budget_mib, "Budget of memtorrent-windowed")
      ->check(CLI::Range(1, most_mib))
      ->capture_default_str();
}

// In the order of `all_backends`, whatever the order of `names`.
std::vector<backend> backends_named(std::vector<std::string> const& names) {
  std::vector<backend> wanted;
  for (auto const& name : names) wanted.push_back(backend_named(name));
  auto backends = all_backends();
  auto const is_unwanted = [&](backend b) { return std::find(wanted.begin(), wanted.end(), b) == wanted.end(); };
  backends.erase(std::remove_if(backends.begin(), backends.end(), is_unwanted), backends.end());
  return backends;
}

} // namespace

session_bench_options parse_options(int argc, char** argv) {
  CLI::App app("Transfers a torrent from one process to another over loopback, with each backend in turn.",
               "session_bench");
  session_bench_options options;
  std::vector<std::string> names;
  std::string seed;
  add_sizes(app, options);
  app.add_option("--backend", names,
                 "One to run: ceiling, posix, mmap, memtorrent or memtorrent-windowed; may be given several times. "
                 "Default: all")
      ->allow_extra_args(false);
  app.add_option("--seed", seed, "The backend of all seeds. Default: each that of its leecher");
  app.add_flag("--json", options.json, "One object a line and backend, instead of a table");
  try {
    app.parse(argc, argv);
  } catch (CLI::CallForHelp const&) {
    options.help = app.help();
  } catch (CLI::ParseError const& error) {
    throw std::invalid_argument(error.what());
  }
  if (!seed.empty()) options.seed = backend_named(seed);
  if (!names.empty()) options.backends = backends_named(names);
  return options;
}

} // namespace memtorrent::bench
