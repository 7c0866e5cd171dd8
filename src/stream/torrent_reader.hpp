// One file, read through a play head of its own.

#pragma once

#include "stream/torrent_player.hpp"

#include <memory>
#include <utility>

namespace memtorrent {

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

} // namespace memtorrent
