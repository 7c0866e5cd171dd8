#include "session.hpp"

#include "memtorrent/hybrid_disk.hpp"
#include "memtorrent/torrent_pieces.hpp"
#include "quietly.hpp"

#include <libtorrent/aux_/session_interface.hpp>
#include <libtorrent/extensions.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace memtorrent::go {

namespace {

memory_disk_config memory_config(disk_io_constructor const& disk) {
  memory_disk_config config;
  if (disk.bytes() > 0) config.budget_bytes = disk.bytes();
  config.budget_follows_caps = disk.what() == disk_io_constructor::kind::hybrid && disk.bytes() <= 0;
  return config;
}

std::shared_ptr<session_memory> install(disk_io_constructor const& disk, lt::session_params& params) {
  auto memory = std::make_shared<session_memory>();
  switch (disk.what()) {
    case disk_io_constructor::kind::hybrid: {
      hybrid_disk_config config;
      config.memory = memory_config(disk);
      config.choose = [](lt::storage_params const&) { return place::files; };
      hybrid_disk_constructor const disks(config);
      memory->disk = disks.disk().memory();
      params.disk_io_constructor = disks;
      break;
    }
    case disk_io_constructor::kind::memory: {
      memory_disk_constructor const ram(memory_config(disk));
      memory->disk = ram.disk();
      memory->is_default = true;
      params.disk_io_constructor = ram;
      break;
    }
    case disk_io_constructor::kind::files: break;
  }
  return memory;
}

// Is inside `session_memory::torrents` for as long as its torrent lives.
class living_torrent final : public lt::torrent_plugin {
 public:
  explicit living_torrent(std::shared_ptr<session_memory> session)
      : m_session(std::move(session)), m_lives(m_session->torrents) {}

 private:
  std::shared_ptr<session_memory> const m_session;
  call_gate::pass const m_lives;
};

// How long the end of a session may have to wait for somebody who waits for an alert.
constexpr std::chrono::milliseconds longest_wait_inside{100};

lt::settings_pack as_taken(settings_pack const& settings, session_memory& memory, lt::settings_pack const& now) {
  if (settings.force_proxy) memory.force_proxy = *settings.force_proxy;
  lt::settings_pack taken = settings.pack;
  if (memory.force_proxy) hold_force_proxy(taken, now);
  return taken;
}

} // namespace

// ---- session_handle ----

// Makes a call that needs the network thread, unless the session has begun to end.
template <typename Call>
auto session_handle::while_running(Call call) const -> decltype(call()) {
  call_gate::pass const inside(m_memory->calls);
  return inside ? quietly(call) : decltype(call())(); // also when that is void
}

bool session_handle::is_valid() const {
  return while_running([&] { return m_session.is_valid(); });
}

lt::torrent_handle session_handle::add_torrent(add_torrent_params const& params, lt::error_code& ec) {
  ec.clear();
  lt::add_torrent_params added = params;
  if (m_memory->disk) {
    torrent_placement where;
    where.where = params.memory_bytes || m_memory->is_default ? place::memory : place::files;
    where.cap_bytes = params.memory_bytes.value_or(0);
    where.raise_small_cap = true;
    torrent_pieces::mark(added, *m_memory->disk, where);
  } else if (params.memory_bytes) {
    ec = errc::not_in_memory;
    return {};
  }
  added.extensions.emplace_back([session = m_memory](lt::torrent_handle const&, lt::client_data_t) {
    return std::make_shared<living_torrent>(session);
  });
  call_gate::pass const inside(m_memory->calls);
  if (!inside) {
    ec = lt::errors::invalid_session_handle;
    return {};
  }
  return with_error(ec, [&] { return m_session.add_torrent(std::move(added), ec); });
}

// The torrent's own session removes it, whichever that is: programs begin a new session and go on with the torrents of
// the old one, and lt::session_handle::remove_torrent would run the torrent's end on the wrong session's thread. What
// adds a plugin runs on the right one; it adds none here.
void session_handle::remove_torrent(lt::torrent_handle const& torrent, int flags, lt::error_code& ec) {
  ec.clear();
  call_gate::pass const inside(m_memory->calls);
  if (!inside) {
    ec = lt::errors::invalid_session_handle;
    return;
  }
  with_error(ec, [&] {
    lt::remove_flags_t const options(static_cast<std::uint8_t>(flags));
    lt::torrent_handle owned = torrent;
    owned.add_extension(
        [options](lt::torrent_handle const& removed, lt::client_data_t) -> std::shared_ptr<lt::torrent_plugin> {
          if (auto const native = removed.native_handle()) native->session().remove_torrent(removed, options);
          return nullptr;
        });
  });
}

std::vector<lt::torrent_handle> session_handle::get_torrents() {
  return while_running([&] { return m_session.get_torrents(); });
}

void session_handle::pause() {
  while_running([&] { m_session.pause(); });
}

void session_handle::resume() {
  while_running([&] { m_session.resume(); });
}

bool session_handle::is_paused() {
  return while_running([&] { return m_session.is_paused(); });
}

void session_handle::apply_settings(settings_pack const& settings) {
  while_running([&] { m_session.apply_settings(as_taken(settings, *m_memory, m_session.get_settings())); });
}

settings_pack session_handle::get_settings() {
  settings_pack settings;
  settings.pack = while_running([&] { return m_session.get_settings(); });
  settings.force_proxy = m_memory->force_proxy;
  return settings;
}

int session_handle::listen_port() {
  return while_running([&] { return static_cast<int>(m_session.listen_port()); });
}

std::vector<lt::alert*> session_handle::pop_alerts() {
  std::vector<lt::alert*> alerts;
  while_running([&] { m_session.pop_alerts(&alerts); });
  return alerts;
}

// In slices, because the end of the session waits for this too.
lt::alert* session_handle::wait_for_alert(std::int64_t nanoseconds) {
  using clock = std::chrono::steady_clock;
  auto const begun = clock::now();
  for (;;) {
    auto const left = std::chrono::nanoseconds(nanoseconds) - (clock::now() - begun);
    call_gate::pass const inside(m_memory->calls);
    if (!inside) return nullptr;
    auto const slice = std::clamp<std::chrono::nanoseconds>(left, std::chrono::nanoseconds(0), longest_wait_inside);
    auto* const alert = quietly([&] { return m_session.wait_for_alert(slice); });
    if (alert || left <= slice) return alert;
  }
}

memory_stats session_handle::get_memory_stats() const {
  return m_memory->disk ? m_memory->disk->stats() : memory_stats();
}

void session_handle::set_memory_budget(std::int64_t bytes) const {
  if (m_memory->disk) m_memory->disk->set_budget(bytes);
}

// ---- session ----

session* session::create(session_params const& params, lt::error_code& ec) {
  ec.clear();
  return with_error(ec, [&] {
    lt::session_params made;
    auto memory = install(params.disk, made);
    made.settings = as_taken(params.settings, *memory, lt::default_settings());
    return new session(lt::session(std::move(made)), std::move(memory));
  });
}

session::~session() {
  abort();
  m_memory->torrents.close();
  m_answering.reset();
}

void session::abort() {
  if (!m_session) return;
  m_memory->calls.close();
  m_answering.emplace(m_session->get_context().get_executor());
  m_ending = m_session->abort();
  m_session.reset();
}

session_handle* session::get_handle() const { return m_session ? new session_handle(*m_session, m_memory) : nullptr; }

// ---- profiles ----

void min_memory_usage(settings_pack& settings) { merge_settings(settings.pack, lt::min_memory_usage()); }

void high_performance_seed(settings_pack& settings) { merge_settings(settings.pack, lt::high_performance_seed()); }

} // namespace memtorrent::go
