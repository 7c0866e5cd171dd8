// libtorrent counts trust up to 8 in a field that holds -8 to 7, so that a peer of eight good pieces was taken for the
// worst of all, and banned at the next bad piece that it had a part in.

#include "support/film.hpp"
#include "support/short_names.hpp"
#include "support/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace memtorrent::test {

namespace {

/// `MEMTORRENT_LYING_SESSIONS` has it played more often.
int number_of_sessions() {
  auto const* const wanted = std::getenv("MEMTORRENT_LYING_SESSIONS"); // NOLINT(concurrency-mt-unsafe)
  return wanted ? std::stoi(wanted) : 4;
}

std::string text_of(lt::tcp::endpoint const& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

/// By libtorrent, or by a repair.
bool says_banned(std::string const& problem, std::vector<std::string> const& seeds) {
  return (problem.find("banned") != std::string::npos || problem.find("corrupt") != std::string::npos) &&
         std::any_of(seeds.begin(), seeds.end(),
                     [&](auto const& seed) { return problem.find(seed) != std::string::npos; });
}

/// Reads until the end, or until nothing comes: when libtorrent has put all four on parole, each may only fetch a piece
/// of which no other has sent a block, and none may go on with a piece that two of them began.
void read_while_it_comes(byte_source& reader, std::int64_t bytes) {
  constexpr std::chrono::seconds long_enough(10);
  for (std::int64_t at = 0; at < bytes;) {
    auto came = std::make_shared<std::promise<std::int64_t>>();
    reader.async_read(at, 64 * KiB, [came](boost::system::error_code const&, file_bytes const& read) {
      came->set_value(total_bytes(read));
    });
    auto answer = came->get_future();
    if (answer.wait_for(long_enough) != std::future_status::ready) return reader.cancel();
    auto const more = answer.get();
    if (more == 0) return;
    at += more;
  }
}

/// Slow enough that all of them send blocks of each piece.
loopback_session& limited(loopback_session& seeder) {
  lt::settings_pack pack;
  pack.set_int(lt::settings_pack::tick_interval, 50); // how often it may send more
  seeder.session().apply_settings(std::move(pack));
  seeder.session().get_torrents().front().set_upload_limit(4 * MiB);
  return seeder;
}

} // namespace

TEST(Regress, AnHonestSeedWasBannedAfterEightGoodPieces) {
  film const f({.size_bytes = 6 * MiB, .piece_length_bytes = 256 * KiB});
  swarm s;
  s.give_seeds_own_addresses();
  std::vector<std::string> honest;
  for (int i = 0; i < 2; ++i) honest.push_back(text_of(limited(s.seed(f)).endpoint()));
  // In the pieces 10 and 20, when each seed has had a part in eight good ones and more.
  for (int i = 0; i < 2; ++i) limited(s.liar(f, {.one_block_in = 160, .from_block = 1}));

  for (int session = 0, sessions = number_of_sessions(); session < sessions; ++session) {
    memory_disk_config config;
    config.budget_bytes = 4 * MiB; // less than the film: who has all of it is left by seeds
    // Every other time libtorrent hears of a bad piece at once: no time is left to repair it.
    bool const repairs = session % 2 == 0;
    if (!repairs) config.longest_repair = std::chrono::milliseconds(0);
    auto const p = s.play(f, config);
    auto const reader = p->open();
    if (repairs)
      EXPECT_EQ(p->read_and_compare(*reader, 0, f.size_bytes()), "") << "in session " << session;
    else
      read_while_it_comes(*reader, f.size_bytes());
    for (auto const& problem : p->problems())
      EXPECT_FALSE(says_banned(problem, honest)) << "in session " << session << ": " << problem;
  }
}

} // namespace memtorrent::test
