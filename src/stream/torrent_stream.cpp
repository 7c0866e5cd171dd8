#include "memtorrent/torrent_stream.hpp"

#include "disk/reader_space.hpp"
#include "stream/torrent_player.hpp"

#include <libtorrent/torrent_info.hpp>

#include <future>
#include <utility>

namespace memtorrent {

namespace {

// On the network thread, where torrents are removed: so from here on the player is told when its torrent leaves.
boost::system::error_code begin_to_listen(reader_space& space, std::shared_ptr<memory_storage> const& storage,
                                          std::shared_ptr<torrent_player> const& player) {
  auto const unsound = space.check_picker(*storage);
  if (unsound) return unsound;
  if (std::dynamic_pointer_cast<torrent_player>(space.listener_of(*storage))) return errc::already_streamed;
  space.set_listener(*storage, player);
  return {};
}

// Runs `begin_to_listen` on the network thread, and waits for its result.
boost::system::error_code take_over(memory_disk_state& disk, std::shared_ptr<memory_storage> const& storage,
                                    std::shared_ptr<torrent_player> const& player) {
  auto promise = std::make_shared<std::promise<boost::system::error_code>>();
  auto future = promise->get_future();
  bool const posted = disk.post([promise = std::move(promise), storage, player](reader_space& space) {
    promise->set_value(begin_to_listen(space, storage, player));
  });
  if (!posted) return errc::session_closed;
  try {
    return future.get();
  } catch (std::future_error const&) {
    return errc::session_closed; // the promise was destroyed with the session
  }
}

} // namespace

std::shared_ptr<torrent_stream> torrent_stream::create(lt::torrent_handle const& torrent, memory_disk const& disk,
                                                       boost::system::error_code& ec,
                                                       streaming_options const& options) try {
  ec.clear();
  auto const& state = disk.state();
  auto info = torrent.torrent_file();
  if (!info) {
    ec = errc::no_metadata;
    return nullptr;
  }
  auto const storage = state->find(torrent);
  if (!storage) {
    ec = errc::not_in_memory;
    return nullptr;
  }
  if (state->arena()->budget().limit() < storage->geometry().least_budget_bytes()) {
    ec = errc::budget_too_small;
    return nullptr;
  }

  auto player = std::make_shared<torrent_player>(torrent, std::move(info), state, storage, options);
  ec = take_over(*state, storage, player);
  if (ec) return nullptr;
  player->want_nothing();
  return player;
} catch (boost::system::system_error const&) {
  // A torrent_handle throws this when its torrent has left the session, which can be at any moment.
  ec = errc::torrent_removed;
  return nullptr;
}

} // namespace memtorrent
