#include "session_bench/process_usage.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace memtorrent::bench {

namespace {

double seconds_of(timeval const& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

} // namespace

double cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) throw std::system_error(errno, std::generic_category(), "getrusage");
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void reset_peak_rss() {
  constexpr int peak_rss_alone = 5;
  std::ofstream("/proc/self/clear_refs") << peak_rss_alone;
}

double peak_rss_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key; status.ignore(1 << 12, '\n')) {
    double kib = 0;
    if (key == "VmHWM:" && status >> kib) return kib / 1024;
  }
  throw std::runtime_error("/proc/self/status does not tell VmHWM");
}

} // namespace memtorrent::bench
