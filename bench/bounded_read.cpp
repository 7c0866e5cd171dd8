// How fast a film is read in sequence through a window much smaller than it, and how soon its first byte comes, with a
// seed on loopback. Beside it, in the same run, what libtorrent needs to download the same film to a file in /dev/shm:
// the ratio says what the window and the hard budget cost, on whatever machine this runs.
//
//   bounded_read [MiB of film] [MiB of budget] [runs]

#include "median.hpp"
#include "support/film.hpp"
#include "support/swarm.hpp"

#include <libtorrent/alert_types.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace {

using namespace memtorrent;
using namespace memtorrent::test;
using memtorrent::bench::median;

constexpr std::int64_t MiB = 1024 * 1024;

double seconds_of(std::function<void()> const& work) {
  auto const start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct played {
  double first_byte_ms;
  double mib_per_s;
  double peak_mib;
};

played play(swarm& s, film const& f, std::int64_t budget_bytes) {
  boost::system::error_code ec;
  played result{};
  auto p = s.play(f, budget_bytes);
  auto reader = p->open();
  result.first_byte_ms = 1000 * seconds_of([&] { (void)reader->read(0, 1, ec); });
  double const seconds = seconds_of([&] {
    for (std::int64_t offset = 0; offset < f.size_bytes() && !ec;) offset += total_bytes(reader->read(offset, MiB, ec));
  });
  if (ec) throw std::runtime_error(ec.message());
  result.mib_per_s = static_cast<double>(f.size_bytes() / MiB) / seconds;
  result.peak_mib = static_cast<double>(p->disk.stats().peak_bytes) / static_cast<double>(MiB);
  return result;
}

double download_to_file(swarm& s, film const& f, lt::tcp::endpoint const& seed) {
  auto const folder = std::filesystem::path("/dev/shm") / f.folder().filename();
  double const seconds = seconds_of([&] {
    // Over TCP, as the player: libtorrent's uTP is many times slower on loopback.
    auto& leecher = s.leech(
        f, folder, [](lt::settings_pack& pack) { pack.set_bool(lt::settings_pack::enable_outgoing_utp, false); });
    leecher.session().get_torrents().front().connect_peer(seed);
    if (!leecher.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::torrent_finished_alert>(&a) != nullptr; },
                          std::chrono::seconds(300)))
      throw std::runtime_error("the download to a file did not finish");
  });
  s.end_last();
  std::filesystem::remove_all(folder);
  return static_cast<double>(f.size_bytes() / MiB) / seconds;
}

int argument(int argc, char** argv, int index, int otherwise) {
  return argc > index ? std::atoi(argv[index]) : otherwise;
}

} // namespace

int main(int argc, char** argv) try {
  std::int64_t const film_mib = argument(argc, argv, 1, 1024);
  std::int64_t const budget_mib = argument(argc, argv, 2, 64);
  int const runs = argument(argc, argv, 3, 5);

  film const f({.size_bytes = film_mib * MiB, .piece_length_bytes = static_cast<int>(MiB)});
  std::vector<double> first_byte_ms, rate, file_rate;
  for (int i = 0; i < runs; ++i) {
    swarm s;
    auto const seed = s.seed(f).endpoint();
    auto const p = play(s, f, budget_mib * MiB);
    first_byte_ms.push_back(p.first_byte_ms);
    rate.push_back(p.mib_per_s);
    file_rate.push_back(download_to_file(s, f, seed));
    std::printf("run %d: first byte %.0f ms, read %.0f MiB/s (peak %.1f MiB), libtorrent to a file in RAM %.0f MiB/s\n",
                i + 1, p.first_byte_ms, p.mib_per_s, p.peak_mib, file_rate.back());
  }
  std::printf("median of %d: first byte %.0f ms, read %.0f MiB/s, %.2f of libtorrent to a file in RAM\n", runs,
              median(first_byte_ms), median(rate), median(rate) / median(file_rate));
  return 0;
} catch (std::exception const& e) {
  std::fprintf(stderr, "bounded_read: %s\n", e.what());
  return 1;
}
