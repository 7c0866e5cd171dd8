#include "memtorrent/torrent_stream.hpp"

#include "disk/memory_disk_io.hpp"
#include "stream/torrent_player.hpp"

#include <libtorrent/torrent_info.hpp>

#include <future>
#include <utility>

namespace memtorrent {

namespace {

/// One file, read through a play head of its own.
class torrent_reader final : public byte_source {
 public:
  torrent_reader(std::shared_ptr<torrent_player> player, std::shared_ptr<play_head> head)
      : m_player(std::move(player)), m_head(std::move(head)), m_file(m_head->file) {}
  ~torrent_reader() override { m_player->close(m_head); }

  [[nodiscard]] std::int64_t size_bytes() const noexcept override { return m_file.end - m_file.begin; }

  void async_read(std::int64_t offset, std::int64_t max_bytes, read_handler handler) override {
    if (offset < 0 || offset > size_bytes())
      handler(errc::out_of_range, {});
    else if (offset == size_bytes() || max_bytes <= 0)
      handler({}, {});
    else
      m_player->read(m_head, m_file.begin + offset, max_bytes, std::move(handler));
  }

  void cancel() override { m_player->cancel(*m_head); }

 private:
  std::shared_ptr<torrent_player> const m_player;
  std::shared_ptr<play_head> const m_head;
  byte_range const m_file;
};

class torrent_preload final : public preload {
 public:
  torrent_preload(std::shared_ptr<torrent_player> player, std::shared_ptr<play_head> head)
      : m_player(std::move(player)), m_head(std::move(head)) {}
  ~torrent_preload() override { m_player->close(m_head); }

  [[nodiscard]] preload_progress progress() const override { return m_player->progress_of(*m_head); }
  void async_wait(done_handler handler) override { m_player->await_preload(*m_head, std::move(handler)); }

 private:
  std::shared_ptr<torrent_player> const m_player;
  std::shared_ptr<play_head> const m_head;
};

// On the network thread, where torrents go: a player that listens hears of the end of its torrent.
boost::system::error_code begin_to_listen(memory_disk_io& disk, std::shared_ptr<memory_storage> const& storage,
                                          std::shared_ptr<torrent_player> const& player) {
  auto const unsound = disk.check_picker(*storage);
  if (unsound) return unsound;
  if (std::dynamic_pointer_cast<torrent_player>(storage->listener())) return errc::already_streamed;
  storage->set_listener(player);
  return {};
}

// Asks the network thread, and waits.
boost::system::error_code take_over(memory_disk_state& disk, std::shared_ptr<memory_storage> const& storage,
                                    std::shared_ptr<torrent_player> const& player) {
  auto promise = std::make_shared<std::promise<boost::system::error_code>>();
  auto future = promise->get_future();
  bool const posted = disk.post([promise = std::move(promise), storage, player](memory_disk_io& io) {
    promise->set_value(begin_to_listen(io, storage, player));
  });
  if (!posted) return errc::session_closed;
  try {
    return future.get();
  } catch (std::future_error const&) {
    return errc::session_closed; // the promise was destroyed with the session
  }
}

} // namespace

// Nobody reads pad files.
bool torrent_player::has_file(lt::file_index_t file) const {
  auto const& files = m_info->files();
  return file >= lt::file_index_t(0) && file < files.end_file() && !files.pad_file_at(file);
}

std::shared_ptr<play_head> torrent_player::add_head(lt::file_index_t file, boost::system::error_code& ec) {
  if (!has_file(file)) {
    ec = errc::no_such_file;
    return nullptr;
  }
  auto head = std::make_shared<play_head>();
  head->file_index = file;
  auto const& files = m_info->files();
  head->file = {files.file_offset(file), files.file_offset(file) + files.file_size(file)};
  head->position = head->file.begin;
  {
    locked const lock(m_mutex);
    if (m_closed) {
      ec = m_closed;
      return nullptr;
    }
    m_heads.push_back(head);
  }
  ec.clear();
  return head;
}

std::unique_ptr<byte_source> torrent_player::open(lt::file_index_t file, boost::system::error_code& ec) {
  auto head = add_head(file, ec);
  if (!head) return nullptr;
  return std::make_unique<torrent_reader>(shared_from_this(), std::move(head));
}

std::unique_ptr<memtorrent::preload> torrent_player::preload(lt::file_index_t file, std::int64_t bytes,
                                                             boost::system::error_code& ec) {
  auto head = add_head(file, ec);
  if (!head) return nullptr;
  begin_preload(*head, bytes);
  return std::make_unique<torrent_preload>(shared_from_this(), std::move(head));
}

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
  // How a torrent_handle says that its torrent left the session, which can be at any moment.
  ec = errc::torrent_removed;
  return nullptr;
}

} // namespace memtorrent
