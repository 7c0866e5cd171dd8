// A preload: a play head that fetches pieces before anybody reads.

#pragma once

#include "stream/torrent_player.hpp"

#include <memory>
#include <utility>

namespace memtorrent {

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

} // namespace memtorrent
