#include "support/hybrid_session.hpp"

#include "disk/memory_disk_state.hpp"
#include "support/event_count.hpp"
#include "support/temporary_folder.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/alert_types.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace memtorrent::test {

// Giving back the files waits for all jobs of the torrent before it.
bool comes_whole(loopback_session& session, lt::torrent_handle const& torrent) {
  if (!session.wait_until([&] { return is_seeding(torrent); })) return false;
  torrent.flush_cache();
  return session.wait_for([&](lt::alert const& alert) {
    auto const* flushed = lt::alert_cast<lt::cache_flushed_alert>(&alert);
    return flushed && flushed->handle == torrent;
  });
}

bool is_seeding(lt::torrent_handle const& torrent) {
  return torrent.status(lt::status_flags_t{}).state == lt::torrent_status::seeding;
}

lt::torrent_handle hybrid_session::add(film const& film, std::filesystem::path const& folder, torrent_placement* mark) {
  lt::add_torrent_params params;
  params.ti = film.info();
  params.save_path = folder.string();
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  if (mark) params.userdata = lt::client_data_t(mark);
  return session().add_torrent(params);
}

bool hybrid_session::download(lt::torrent_handle const& torrent, loopback_session& seed) {
  torrent.connect_peer(seed.endpoint());
  return comes_whole(*this, torrent);
}

std::future<exported> hybrid_session::begin_export(lt::torrent_handle const& torrent,
                                                   std::filesystem::path const& folder) {
  auto const result = std::make_shared<std::promise<exported>>();
  disk.export_to(torrent, folder.string(), [result](boost::system::error_code error, std::string const& path) {
    result->set_value({error, path});
  });
  return result->get_future();
}

std::future<exported> hybrid_session::begin_export(lt::torrent_handle const& torrent,
                                                   std::filesystem::path const& folder,
                                                   std::function<void()> meanwhile) {
  std::promise<std::future<exported>> begun;
  // The export takes two turns to begin its writer, and each turn posts the next. What is posted here right behind them
  // comes before anything that the writer posts.
  post([&] {
    auto result = begin_export(torrent, folder);
    post([this, meanwhile = std::move(meanwhile)] { post(meanwhile); });
    begun.set_value(std::move(result));
  });
  return begun.get_future().get();
}

exported hybrid_session::export_to(lt::torrent_handle const& torrent, std::filesystem::path const& folder) {
  auto result = begin_export(torrent, folder);
  if (result.wait_for(patience) != std::future_status::ready) throw std::runtime_error("the export does not end");
  return result.get();
}

void hybrid_session::post(std::function<void()> work) { disk.memory().state()->network()->post(std::move(work)); }

std::string leech_from(swarm& swarm, film const& film, loopback_session& session) {
  temporary_folder const folder;
  auto& leecher = swarm.leech(film, folder.path());
  auto const torrent = leecher.session().get_torrents().at(0);
  torrent.connect_peer(session.endpoint());
  auto result = comes_whole(leecher, torrent) ? differences(film, folder.path()) : "it does not come";
  swarm.end_last();
  return result;
}

std::string differences(film const& film, std::filesystem::path const& folder) {
  auto const names = files_below(film.folder());
  if (files_below(folder) != names) return "other names";
  for (auto const& name : names)
    if (content_of(film.folder() / name) != content_of(folder / name)) return "other bytes in " + name;
  return {};
}

} // namespace memtorrent::test
