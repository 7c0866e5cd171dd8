// How soon memory goes back to the system: the budget is cut from 512 MiB to 64 MiB while pieces arrive, and then the
// last torrent is removed. Resident memory is the process's anonymous memory, as the system counts it.
//
//   memory_return [MiB of budget before] [MiB of budget after]

#include "support/uniform_torrent.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

using namespace memtorrent;
using namespace memtorrent::test;
using clock_type = std::chrono::steady_clock;

constexpr double MiB = 1024 * 1024;

double anonymous_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key; status.ignore(1 << 12, '\n')) {
    double kib = 0;
    if (key == "RssAnon:" && status >> kib) return kib / 1024;
  }
  throw std::runtime_error("/proc/self/status does not tell RssAnon");
}

double used_mib(ram_session const& session) { return static_cast<double>(session.disk.stats().used_bytes) / MiB; }

double ms_since(clock_type::time_point begin) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - begin).count();
}

/// Milliseconds until `reached`, at most two seconds.
template <typename Condition>
double ms_until(Condition reached) {
  auto const begin = clock_type::now();
  while (!reached() && ms_since(begin) < 2000) {
  }
  return ms_since(begin);
}

int argument(int argc, char** argv, int index, int otherwise) {
  return argc > index ? std::atoi(argv[index]) : otherwise;
}

} // namespace

int main(int argc, char** argv) try {
  int const before = argument(argc, argv, 1, 512);
  int const after = argument(argc, argv, 2, 64);

  uniform_torrent const film(before + 128, static_cast<int>(MiB));
  memory_disk_constructor ram({.budget_bytes = static_cast<std::int64_t>(before * MiB)});
  ram_session session(ram);
  double const at_start = anonymous_mib();
  auto const torrent = session.add(film);
  session.put(torrent, film, 0, before);
  std::printf("before the cut: %.1f MiB in use of %d, %.1f MiB resident above the start\n", used_mib(session), before,
              anonymous_mib() - at_start);

  session.disk.set_budget(static_cast<std::int64_t>(after * MiB));
  session.put(torrent, film, before, before + 1);
  std::printf("at the next write after the cut: %.1f MiB in use of %d\n", used_mib(session), after);
  double const shrink_ms = ms_until([&] { return anonymous_mib() - at_start <= after + 32; });
  std::printf("resident within 32 MiB of the budget after %.0f ms: %.1f MiB\n", shrink_ms, anonymous_mib() - at_start);

  session.put(torrent, film, before + 1, before + 100);
  std::printf("100 pieces later: %.1f MiB in use, %.1f MiB resident above the start\n", used_mib(session),
              anonymous_mib() - at_start);

  session.session().remove_torrent(torrent);
  double const return_ms = ms_until([&] { return anonymous_mib() - at_start <= 8; });
  std::printf("resident within 8 MiB of the start %.0f ms after the last torrent was removed: %.1f MiB above it\n",
              return_ms, anonymous_mib() - at_start);
  return 0;
} catch (std::exception const& e) {
  std::fprintf(stderr, "memory_return: %s\n", e.what());
  return 1;
}
