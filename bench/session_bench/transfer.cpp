#include "session_bench/transfer.hpp"

#include "session_bench/host_memory.hpp"
#include "session_bench/seed.hpp"
#include "session_bench/worker.hpp"

#include <chrono>
#include <string>

namespace memtorrent::bench {

transfer_figures measure_transfer(test::film const& film, backend seed_kept_in, leech_options const& options,
                                  stop_signals const& signals) {
  constexpr std::chrono::seconds preparation_limit(120);
  constexpr std::chrono::seconds transfer_limit(320); // the leecher's own limit, which has better words, comes first
  std::string const on = " on ";

  worker seed("the seed" + on + name_of(seed_kept_in), signals,
              [&](channel& parent) { run_seed(film, seed_kept_in, parent); });
  auto const port = seed.receive(preparation_limit);
  worker leecher("the leecher" + on + name_of(options.kept_in), signals,
                 [&](channel& parent) { run_leech(film, options, parent); });
  leecher.receive(preparation_limit);

  touch_free_memory(film.size_bytes() / 10 * 11); // a tenth for all that is not the torrent
  seed.send("start");
  leecher.send(port);
  auto const leech = leech_figures::from_text(leecher.receive(transfer_limit));
  seed.send("stop");
  double const seed_cpu_seconds = std::stod(seed.receive(preparation_limit));
  // Their ends would cost the next transfer something.
  leecher.wait_end(preparation_limit);
  seed.wait_end(preparation_limit);

  auto const bytes = static_cast<double>(film.size_bytes());
  transfer_figures figures;
  figures.mb_per_s = bytes / 1e6 / leech.seconds;
  figures.cpu_s_per_gib = (seed_cpu_seconds + leech.cpu_seconds) / (bytes / (1 << 30));
  figures.peak_rss_mib = leech.peak_rss_mib;
  return figures;
}

} // namespace memtorrent::bench
