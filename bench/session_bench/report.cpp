#include "session_bench/report.hpp"

#include <algorithm>
#include <functional>
#include <iomanip>
#include <ostream>
#include <string>
#include <vector>

namespace memtorrent::bench {

namespace {

// A ratio that is to be reached.
struct target {
  std::string name;
  // The backends without which there is no ratio.
  std::vector<backend> needed;
  double limit;
  bool is_most;
  std::function<double(medians const&)> measured;
};

double rate(medians const& figures, backend b) { return figures.at(b).mb_per_s; }
double cpu(medians const& figures, backend b) { return figures.at(b).cpu_s_per_gib; }

std::vector<target> targets() {
  return {
      {"memtorrent's MB/s / the ceiling's",
       {backend::ceiling, backend::memtorrent},
       0.92,
       false,
       [](medians const& m) { return rate(m, backend::memtorrent) / rate(m, backend::ceiling); }},
      {"memtorrent's MB/s / the better of posix and mmap",
       {backend::posix, backend::mmap, backend::memtorrent},
       1.2,
       false,
       [](medians const& m) {
         return rate(m, backend::memtorrent) / std::max(rate(m, backend::posix), rate(m, backend::mmap));
       }},
      {"memtorrent's CPU s/GiB / posix's",
       {backend::posix, backend::memtorrent},
       0.8,
       true,
       [](medians const& m) { return cpu(m, backend::memtorrent) / cpu(m, backend::posix); }},
      {"memtorrent-windowed's MB/s / the ceiling's",
       {backend::ceiling, backend::memtorrent_windowed},
       0.85,
       false,
       [](medians const& m) { return rate(m, backend::memtorrent_windowed) / rate(m, backend::ceiling); }},
  };
}

bool are_all_there(std::vector<backend> const& needed, medians const& figures) {
  return std::all_of(needed.begin(), needed.end(), [&](backend b) { return figures.count(b) > 0; });
}

void print_targets(std::ostream& out, medians const& figures) {
  auto const all = targets();
  auto const is_known = [&](target const& t) { return are_all_there(t.needed, figures); };
  if (std::none_of(all.begin(), all.end(), is_known)) return;
  out << '\n'
      << std::left << std::setw(50) << "ratio" << std::right << std::setw(9) << "measured"
      << "   to be\n";
  out << std::setprecision(2);
  for (auto const& t : all) {
    if (!is_known(t)) continue;
    double const measured = t.measured(figures);
    bool const reached = t.is_most ? measured <= t.limit : measured >= t.limit;
    out << std::left << std::setw(50) << t.name << std::right << std::setw(9) << measured << "   "
        << (t.is_most ? "<= " : ">= ") << t.limit << (reached ? "" : "   not reached") << '\n';
  }
}

} // namespace

void print_json(std::ostream& out, medians const& figures) {
  out << std::fixed << std::setprecision(3);
  for (auto const& [b, f] : figures)
    out << R"({"backend": ")" << name_of(b) << R"(", "mb_per_s": )" << f.mb_per_s << R"(, "cpu_s_per_gib": )"
        << f.cpu_s_per_gib << R"(, "peak_rss_mib": )" << f.peak_rss_mib << "}\n";
}

void print_table(std::ostream& out, medians const& figures) {
  out << std::fixed << std::left << std::setw(20) << "backend" << std::right << std::setw(8) << "MB/s" << std::setw(12)
      << "CPU s/GiB" << std::setw(15) << "peak RSS MiB" << std::setw(18) << "of ceiling's MB/s" << std::setw(17)
      << "of ceiling's CPU" << '\n';
  auto const ceiling = figures.find(backend::ceiling);
  for (auto const& [b, f] : figures) {
    out << std::left << std::setw(20) << name_of(b) << std::right << std::setprecision(0) << std::setw(8) << f.mb_per_s
        << std::setprecision(2) << std::setw(12) << f.cpu_s_per_gib << std::setprecision(0) << std::setw(15)
        << f.peak_rss_mib << std::setprecision(2);
    if (ceiling != figures.end())
      out << std::setw(18) << f.mb_per_s / ceiling->second.mb_per_s << std::setw(17)
          << f.cpu_s_per_gib / ceiling->second.cpu_s_per_gib;
    out << '\n';
  }
  print_targets(out, figures);
}

} // namespace memtorrent::bench
