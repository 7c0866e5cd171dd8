#include "support/swarm.hpp"

#include "memtorrent/block_ref.hpp"
#include "support/event_count.hpp"

#include <libtorrent/alert_types.hpp>
#include <libtorrent/extensions/smart_ban.hpp>
#include <libtorrent/extensions/ut_metadata.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent_info.hpp>

#include <fstream>
#include <future>
#include <stdexcept>
#include <utility>

namespace memtorrent::test {

namespace {

using clock = std::chrono::steady_clock;

lt::add_torrent_params add_params(film const& film, std::string const& folder) {
  lt::add_torrent_params params;
  params.ti = film.info();
  params.save_path = folder;
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  return params;
}

} // namespace

loopback_session::loopback_session(lt::disk_io_constructor_type disk,
                                   std::function<void(lt::settings_pack&)> const& change) {
  lt::session_params params;
  auto& pack = params.settings;
  pack.set_str(lt::settings_pack::listen_interfaces, "127.0.0.1:0");
  for (int const off : {lt::settings_pack::enable_dht, lt::settings_pack::enable_lsd, lt::settings_pack::enable_upnp,
                        lt::settings_pack::enable_natpmp})
    pack.set_bool(off, false);
  // A busy machine drops datagrams even on loopback, and uTP may then take half a minute to go on.
  pack.set_bool(lt::settings_pack::enable_outgoing_utp, false);
  // Of 256 encrypted handshakes one fails: libtorrent (2.0.8 to 2.0.11) hashes a byte that it has not set where the
  // shared secret begins with a zero (dh_key_exchange::compute_secret).
  pack.set_int(lt::settings_pack::out_enc_policy, lt::settings_pack::pe_disabled);
  // All peers share one address here.
  pack.set_bool(lt::settings_pack::allow_multiple_connections_per_ip, true);
  pack.set_int(lt::settings_pack::alert_queue_size, 100000);
  pack.set_int(lt::settings_pack::alert_mask, lt::alert_category::error | lt::alert_category::status |
                                                  lt::alert_category::connect | lt::alert_category::peer |
                                                  lt::alert_category::piece_progress | lt::alert_category::storage);
  if (change) change(pack);
  // All plugins but peer exchange: it tells sessions on loopback of themselves, and that connection is lost at once.
  params.extensions.clear();
  if (disk) params.disk_io_constructor = std::move(disk);
  m_session = std::make_unique<lt::session>(std::move(params));
  m_session->add_extension(&lt::create_ut_metadata_plugin);
  m_session->add_extension(&lt::create_smart_ban_plugin);
}

lt::tcp::endpoint loopback_session::endpoint() {
  auto const listens_on = m_session->get_settings().get_str(lt::settings_pack::listen_interfaces);
  return {lt::make_address(listens_on.substr(0, listens_on.find(':'))), m_session->listen_port()};
}

void loopback_session::close() {
  m_alerts.clear();
  m_taken = 0;
  m_session.reset();
}

lt::alert const* loopback_session::take_alert() {
  if (m_taken == m_alerts.size()) {
    m_session->pop_alerts(&m_alerts);
    m_taken = 0;
    if (m_alerts.empty()) return nullptr;
  }
  lt::alert const* const alert = m_alerts[m_taken++];
  bool const is_problem =
      lt::alert_cast<lt::peer_ban_alert>(alert) || lt::alert_cast<lt::hash_failed_alert>(alert) ||
      lt::alert_cast<lt::torrent_error_alert>(alert) || lt::alert_cast<lt::torrent_paused_alert>(alert) ||
      lt::alert_cast<lt::file_error_alert>(alert) || lt::alert_cast<lt::peer_disconnected_alert>(alert);
  if (is_problem) m_problems.push_back(alert->message());
  return alert;
}

bool loopback_session::wait_for(std::function<bool(lt::alert const&)> const& wanted, std::chrono::seconds limit) {
  auto const deadline = clock::now() + limit;
  for (;;) {
    while (auto const* const alert = take_alert())
      if (wanted(*alert)) return true;
    auto const left = deadline - clock::now();
    if (left <= clock::duration::zero()) return false;
    m_session->wait_for_alert(std::chrono::duration_cast<lt::time_duration>(left));
  }
}

bool loopback_session::wait_until(std::function<bool()> const& reached, std::chrono::seconds limit) {
  auto const deadline = clock::now() + limit;
  while (!reached()) {
    if (clock::now() > deadline) return false;
    problems(); // takes the alerts, so that the next one is news
    m_session->wait_for_alert(lt::milliseconds(100));
  }
  return true;
}

std::vector<std::string> loopback_session::problems() {
  while (take_alert()) continue;
  return m_problems;
}

film_player::film_player(film const& film, memory_disk_constructor const& ram,
                         std::function<void(lt::settings_pack&)> const& change)
    : loopback_session(ram,
                       [&](lt::settings_pack& pack) {
                         apply_streaming_settings(pack);
                         if (change) change(pack);
                       }),
      disk(ram.disk()),
      m_film(film) {
  auto added = add(film);
  torrent = added.torrent;
  stream = std::move(added.stream);
}

film_player::streamed_film film_player::add(film const& film) {
  auto params = add_params(film, "/nowhere");
  prepare_for_streaming(params);
  streamed_film added;
  added.torrent = session().add_torrent(params);
  boost::system::error_code ec;
  added.stream = torrent_stream::create(added.torrent, disk, ec);
  if (ec) throw std::runtime_error(ec.message());
  return added;
}

std::unique_ptr<byte_source> film_player::open(int file) {
  boost::system::error_code ec;
  auto reader = stream->open(lt::file_index_t(file), ec);
  if (ec) throw std::runtime_error(ec.message());
  return reader;
}

std::string film_player::read_and_compare(byte_source& reader, std::int64_t offset, std::int64_t length, int file) {
  std::int64_t const end = offset + length;
  while (offset < end) {
    boost::system::error_code ec;
    auto const bytes = reader.read(offset, std::min<std::int64_t>(end - offset, 512 * 1024), ec);
    if (ec) return "at " + std::to_string(offset) + ": " + ec.message();
    if (bytes.empty()) return "nothing at " + std::to_string(offset);
    if (auto const wrong = m_film.first_wrong_byte(file, offset, bytes); wrong >= 0)
      return "wrong byte at " + std::to_string(wrong);
    offset += total_bytes(bytes);
  }
  return {};
}

bool film_player::gets_bytes_at(byte_source& reader, std::int64_t offset) {
  std::promise<std::int64_t> first_bytes;
  reader.async_read(offset, 64 * 1024, [&](boost::system::error_code, file_bytes const& bytes) {
    first_bytes.set_value(total_bytes(bytes));
  });
  auto answer = first_bytes.get_future();
  if (answer.wait_for(patience) != std::future_status::ready) reader.cancel();
  return answer.get() > 0;
}

swarm::~swarm() = default;

loopback_session& swarm::seed(film const& film, std::function<void(lt::settings_pack&)> const& change) {
  return seed_from(film, film.folder(), change);
}

loopback_session& swarm::liar(film const& film, lie const& how) {
  m_corrupt.push_back(std::make_unique<temporary_folder>());
  auto const& folder = m_corrupt.back()->path();
  for (auto const& name : files_below(film.folder())) {
    auto bytes = content_of(film.folder() / name);
    for (std::size_t i = how.from_block * block_size_bytes; i < bytes.size(); ++i)
      if (i / block_size_bytes % static_cast<std::size_t>(how.one_block_in) == 0)
        bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ how.with);
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }
  // Else it would look at its own pieces before it sends them.
  return seed_from(film, folder,
                   [](lt::settings_pack& pack) { pack.set_bool(lt::settings_pack::disable_hash_checks, true); });
}

loopback_session& swarm::silent_seed(film const& film) {
  struct silent_peer final : lt::peer_plugin {
    bool on_request(lt::peer_request const& /*wanted*/) override { return true; } // as if it had been answered
  };
  struct silent_torrent final : lt::torrent_plugin {
    std::shared_ptr<lt::peer_plugin> new_connection(lt::peer_connection_handle const& /*peer*/) override {
      return std::make_shared<silent_peer>();
    }
  };
  return seed_from(film, film.folder(), {},
                   [](lt::torrent_handle const&, lt::client_data_t) { return std::make_shared<silent_torrent>(); });
}

loopback_session& swarm::seed_from(film const& film, std::filesystem::path const& folder,
                                   std::function<void(lt::settings_pack&)> const& change, plugin const& with) {
  m_sessions.push_back(std::make_unique<loopback_session>(lt::disk_io_constructor_type{}, [&](lt::settings_pack& pack) {
    if (m_seeds_have_own_addresses)
      pack.set_str(lt::settings_pack::listen_interfaces, "127.0.0." + std::to_string(2 + m_seeds.size()) + ":0");
    if (change) change(pack);
  }));
  auto& seeder = *m_sessions.back();
  auto params = add_params(film, folder.string());
  params.flags |= lt::torrent_flags::seed_mode;
  if (with) params.extensions.emplace_back(with);
  seeder.session().add_torrent(params);
  if (!seeder.wait_for([](lt::alert const& a) { return lt::alert_cast<lt::torrent_checked_alert>(&a) != nullptr; }))
    throw std::runtime_error("the seed did not start");
  m_seeds.push_back(seeder.endpoint());
  return seeder;
}

std::unique_ptr<film_player> swarm::play(film const& film, std::int64_t budget_bytes,
                                         std::function<void(lt::settings_pack&)> const& change) {
  memory_disk_config config;
  config.budget_bytes = budget_bytes;
  auto player = std::make_unique<film_player>(film, memory_disk_constructor(config), change);
  for (auto const& seed : m_seeds) player->torrent.connect_peer(seed);
  return player;
}

loopback_session& swarm::leech(film const& film, std::filesystem::path const& folder,
                               std::function<void(lt::settings_pack&)> const& change) {
  m_sessions.push_back(std::make_unique<loopback_session>(lt::disk_io_constructor_type{}, change));
  m_sessions.back()->session().add_torrent(add_params(film, folder.string()));
  return *m_sessions.back();
}

} // namespace memtorrent::test
