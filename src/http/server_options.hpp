// What can be set on an HTTP server, with the default and the reason for it.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace memtorrent::http {

struct server_options {
  /// Clients served at the same time; more get 503. Players open a few each and leave old ones standing after a seek.
  std::size_t max_connections = 256;

  /// How long a client may take to send a request's header, and how long a connection is kept for the next one.
  std::chrono::milliseconds request_timeout{30'000};

  /// How long the end of a connection that we end waits for the client to have read the reply.
  std::chrono::milliseconds linger_timeout{2'000};

  /// Takes one line, without its end, for each failure that is not the client's doing. Called on the server's thread.
  /// Empty: they are not told, and the client sees them anyway, as a body that ends early.
  std::function<void(std::string const&)> log = nullptr;
};

} // namespace memtorrent::http
