// The HTTP/1.1 server (RFC 9110, RFC 9112) that players read from.
//
//   asio::io_context io;
//   http::server server(io, {asio::ip::make_address("127.0.0.1"), 8080}, find_file);
//   io.run();
//
// Threads: exactly one thread may run the io_context. Everything that the server is given is called there.
//
// Ownership: readers belong to their connections, which belong to the server's part on the io_context. They are all
// gone when `run` returns after `stop`. The io_context outlives the server; it may be destroyed without running again.

#pragma once

#include "http/server_options.hpp"
#include "http/stream_route.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace memtorrent::http {

class server {
 public:
  /// Listens from now on; accepts as soon as `io` runs. Port 0 takes any free one.
  ///
  /// Throws `boost::system::system_error`, whose `what` says for a user what could not be done, for example
  /// "cannot listen on 127.0.0.1:8080: Address already in use"; its `code` is the system's.
  server(boost::asio::io_context& io, boost::asio::ip::tcp::endpoint const& endpoint, stream_lookup lookup,
         server_options options = {});
  server(server const&) = delete;
  server& operator=(server const&) = delete;

  /// Stops.
  ~server();

  /// Where it listens, with the real port. Any thread.
  [[nodiscard]] boost::asio::ip::tcp::endpoint local_endpoint() const noexcept { return m_local_endpoint; }

  /// Closes the acceptor and all connections, and destroys their readers: now on the server's thread, and as its next
  /// step on any other. Then the server leaves `io` without work. May be called again.
  void stop();

 private:
  class listener;

  std::shared_ptr<listener> m_listener;
  boost::asio::ip::tcp::endpoint m_local_endpoint;
};

} // namespace memtorrent::http
