#include "session_bench/seed.hpp"

#include "session_bench/process_usage.hpp"
#include "session_bench/session_settings.hpp"
#include "support/swarm.hpp"

#include <libtorrent/alert_types.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace memtorrent::bench {

namespace {

bool is_of_memtorrent(backend b) { return b == backend::memtorrent || b == backend::memtorrent_windowed; }

lt::disk_io_constructor_type disk_for(test::film const& film, backend b) {
  if (!is_of_memtorrent(b)) return disk_of(b);
  memory_disk_config config;
  config.budget_bytes = 2 * film.size_bytes();
  return memory_disk_constructor(config);
}

lt::add_torrent_params params_for(test::film const& film, backend b) {
  lt::add_torrent_params params;
  params.ti = film.info();
  params.save_path = film.folder().string();
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  if (b == backend::ceiling) params.flags |= lt::torrent_flags::seed_mode;
  // Not seed mode for those that do have the data: there a seed would hash each piece before it first sends it.
  if (b == backend::posix || b == backend::mmap) params.have_pieces.resize(params.ti->num_pieces(), true);
  return params;
}

void fill(lt::torrent_handle const& torrent, test::film const& film) {
  auto const info = film.info();
  std::ifstream file(film.folder() / info->files().file_path(lt::file_index_t{0}), std::ios::binary);
  std::vector<char> bytes;
  for (auto const piece : info->piece_range()) {
    bytes.resize(static_cast<std::size_t>(info->piece_size(piece)));
    if (!file.read(bytes.data(), info->piece_size(piece))) throw std::runtime_error("cannot read the film");
    torrent.add_piece(piece, bytes.data());
  }
}

} // namespace

void run_seed(test::film const& film, backend b, channel& parent) {
  test::loopback_session seeder(disk_for(film, b), [b](lt::settings_pack& pack) {
    apply_transfer_settings(pack);
    if (b == backend::ceiling) pack.set_bool(lt::settings_pack::disable_hash_checks, true);
  });
  auto const torrent = seeder.session().add_torrent(params_for(film, b));
  if (!seeder.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::torrent_checked_alert>(&a) != nullptr; }))
    throw std::runtime_error("the torrent was not added");
  if (is_of_memtorrent(b)) fill(torrent, film);
  if (!seeder.wait_until([&] { return torrent.status().is_seeding; })) throw std::runtime_error("it is not a seed");
  parent.send(std::to_string(seeder.endpoint().port()));

  parent.receive();
  double const before = cpu_seconds();
  parent.receive();
  parent.send(std::to_string(cpu_seconds() - before));
}

} // namespace memtorrent::bench
