#include "session/stream_catalog.hpp"

#include "session/info_hash_text.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent::session {

namespace {

// A reader that is counted.
class counted_source final : public byte_source {
 public:
  counted_source(std::unique_ptr<byte_source> source, std::shared_ptr<char const> token)
      : m_source(std::move(source)), m_token(std::move(token)) {}

  [[nodiscard]] std::int64_t size_bytes() const noexcept override { return m_source->size_bytes(); }
  void async_read(std::int64_t offset, std::int64_t max_bytes, read_handler handler) override {
    m_source->async_read(offset, max_bytes, std::move(handler));
  }
  void cancel() override { m_source->cancel(); }

 private:
  std::unique_ptr<byte_source> m_source;
  std::shared_ptr<char const> m_token;
};

} // namespace

void stream_catalog::publish(std::shared_ptr<lt::torrent_info const> info, std::shared_ptr<torrent_stream> stream) {
  m_torrents.push_back({std::move(info), std::move(stream)});
}

void stream_catalog::withdraw(lt::torrent_info const& info) {
  auto const gone = std::remove_if(m_torrents.begin(), m_torrents.end(), [&](entry const& published) {
    return published.info->info_hashes() == info.info_hashes();
  });
  m_torrents.erase(gone, m_torrents.end());
}

void stream_catalog::clear() { m_torrents.clear(); }

std::optional<catalog_file> stream_catalog::find(std::string const& info_hash_hex, int file_index) const {
  auto const torrent = std::find_if(m_torrents.begin(), m_torrents.end(), [&](entry const& published) {
    auto const hashes = info_hash_texts(published.info->info_hashes());
    return std::find(hashes.begin(), hashes.end(), info_hash_hex) != hashes.end();
  });
  if (torrent == m_torrents.end()) return std::nullopt;
  auto const& files = torrent->info->files();
  lt::file_index_t const file(file_index);
  if (file < lt::file_index_t(0) || file >= files.end_file() || files.pad_file_at(file)) return std::nullopt;
  return catalog_file{torrent->info, file, torrent->stream, m_reader_token};
}

std::unique_ptr<byte_source> catalog_file::open(boost::system::error_code& ec) const {
  std::unique_ptr<byte_source> source = stream->open(file, ec);
  if (source) source = std::make_unique<counted_source>(std::move(source), reader_token.lock());
  return source;
}

} // namespace memtorrent::session
