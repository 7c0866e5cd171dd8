#include "support/running_server.hpp"

#include <boost/asio/ip/address_v4.hpp>

#include <utility>

namespace memtorrent::test {

http::stream_lookup lookup_of(scripted_film& film) {
  return [&film](std::string const& info_hash_hex, int file_index) -> std::optional<http::stream_file> {
    if (info_hash_hex != film_info_hash || file_index != 3) return std::nullopt;
    return http::stream_file{"a film.mkv", film.size_bytes(), "film-3",
                             [&film](boost::system::error_code&) { return film.open(); }};
  };
}

running_server::running_server(http::stream_lookup lookup, http::server_options options, begins when)
    : m_server(m_io, {boost::asio::ip::address_v4::loopback(), 0}, std::move(lookup), std::move(options)) {
  if (when == begins::at_once) begin();
}

void running_server::begin() {
  m_thread = std::thread([this] { m_io.run(); });
}

running_server::~running_server() { stop(); }

void running_server::stop() {
  m_server.stop();
  if (m_thread.joinable()) m_thread.join();
}

} // namespace memtorrent::test
