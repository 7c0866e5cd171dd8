#include "server/stream_routes.hpp"

#include "http/target.hpp"
#include "server/reachable_address.hpp"
#include "session/endpoint_text.hpp"
#include "session/info_hash_text.hpp"

#include <utility>

namespace memtorrent::server {

namespace {

http::stream_file to_http(session::catalog_file found) {
  http::stream_file file;
  file.name = found.name();
  file.size_bytes = found.size_bytes();
  file.etag = session::info_hash_text(found.info->info_hashes()) + "-" + std::to_string(static_cast<int>(found.file));
  file.open = [found = std::move(found)](boost::system::error_code& ec) { return found.open(ec); };
  return file;
}

} // namespace

http::stream_lookup find_in(session::stream_catalog const& catalog) {
  return [&catalog](std::string const& info_hash_hex, int file_index) -> std::optional<http::stream_file> {
    auto found = catalog.find(info_hash_hex, file_index);
    if (!found) return std::nullopt;
    return to_http(*std::move(found));
  };
}

std::string stream_url(boost::asio::ip::tcp::endpoint const& listening, lt::torrent_info const& torrent,
                       lt::file_index_t file) {
  auto const path = http::stream_path(session::info_hash_text(torrent.info_hashes()), static_cast<int>(file),
                                      std::string(torrent.files().file_name(file)));
  return "http://" + session::endpoint_text({reachable_address(listening.address()), listening.port()}) + path;
}

} // namespace memtorrent::server
