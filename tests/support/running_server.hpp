// An HTTP server on a thread of its own that serves one film.

#pragma once

#include "http/server.hpp"
#include "support/http_client.hpp"
#include "support/scripted_film.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <thread>

namespace memtorrent::test {

inline std::string const film_info_hash = "0123456789abcdef0123456789abcdef01234567";
inline std::string const film_path = "/stream/" + film_info_hash + "/3/a%20film.mkv";

/// Finds `film` at `film_path`, under the name "a film.mkv" and with the tag "film-3".
[[nodiscard]] http::stream_lookup lookup_of(scripted_film& film);

class running_server {
 public:
  enum class begins { at_once, when_told };

  explicit running_server(http::stream_lookup lookup, http::server_options options = {}, begins when = begins::at_once);
  explicit running_server(scripted_film& film, http::server_options options = {}, begins when = begins::at_once)
      : running_server(lookup_of(film), std::move(options), when) {}
  running_server(running_server const&) = delete;
  running_server& operator=(running_server const&) = delete;
  ~running_server();

  [[nodiscard]] http_client connect() const { return http_client(m_server.local_endpoint().port()); }
  [[nodiscard]] std::uint16_t port() const { return m_server.local_endpoint().port(); }

  /// For one that begins when told. Until then clients can connect and send, and no time runs.
  void begin();

  /// Stops the server and returns when its thread has run out of work.
  void stop();

 private:
  boost::asio::io_context m_io;
  http::server m_server;
  std::thread m_thread;
};

} // namespace memtorrent::test
