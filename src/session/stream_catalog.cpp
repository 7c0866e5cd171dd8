#include "session/stream_catalog.hpp"

#include "http/target.hpp"

#include <algorithm>
#include <sstream>
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

template <typename Hash>
std::string hex(Hash const& hash) {
  std::ostringstream text;
  text << hash;
  return text.str();
}

// The best one first: it is the one in the path.
std::vector<std::string> info_hashes_of(lt::torrent_info const& info) {
  auto const& hashes = info.info_hashes();
  std::vector<std::string> found{hex(hashes.get_best())};
  if (hashes.has_v1()) found.push_back(hex(hashes.v1));
  if (hashes.has_v2()) found.push_back(hex(hashes.v2));
  return found;
}

} // namespace

void stream_catalog::publish(std::shared_ptr<lt::torrent_info const> info, std::shared_ptr<torrent_stream> stream) {
  m_torrents.push_back({std::move(info), std::move(stream)});
}

void stream_catalog::clear() { m_torrents.clear(); }

std::optional<http::stream_file> stream_catalog::find(std::string const& info_hash_hex, int file_index) const {
  auto const torrent = std::find_if(m_torrents.begin(), m_torrents.end(), [&](entry const& published) {
    auto const hashes = info_hashes_of(*published.info);
    return std::find(hashes.begin(), hashes.end(), info_hash_hex) != hashes.end();
  });
  if (torrent == m_torrents.end()) return std::nullopt;
  auto const& files = torrent->info->files();
  lt::file_index_t const file(file_index);
  if (file < lt::file_index_t(0) || file >= files.end_file() || files.pad_file_at(file)) return std::nullopt;

  http::stream_file found;
  found.name = std::string(files.file_name(file));
  found.size_bytes = files.file_size(file);
  found.etag = info_hashes_of(*torrent->info).front() + "-" + std::to_string(file_index);
  // Weak, because whoever can open a reader has not opened one.
  found.open = [stream = torrent->stream, file, token = std::weak_ptr(m_reader_token)](boost::system::error_code& ec) {
    std::unique_ptr<byte_source> source = stream->open(file, ec);
    if (source) source = std::make_unique<counted_source>(std::move(source), token.lock());
    return source;
  };
  return found;
}

std::string stream_catalog::path_of(lt::torrent_info const& info, lt::file_index_t file) {
  return http::stream_path(info_hashes_of(info).front(), static_cast<int>(file),
                           std::string(info.files().file_name(file)));
}

} // namespace memtorrent::session
