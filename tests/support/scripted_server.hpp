// An HTTP or HTTPS server on loopback that answers as a test tells it to, also with what is no HTTP.

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace memtorrent::test {

/// Of a server on loopback; signed by itself.
struct certificate {
  std::string pem;
  std::string key_pem;

  static certificate make(std::string const& address = "127.0.0.1");
};

class scripted_server {
 public:
  /// What to send, byte for byte, before the connection is closed. Empty: nothing is sent and nothing closed. Called on
  /// the server's thread.
  using answerer = std::function<std::string(std::string const& request_header)>;

  explicit scripted_server(answerer answer);
  scripted_server(answerer answer, certificate const& proof);
  scripted_server(scripted_server const&) = delete;
  scripted_server& operator=(scripted_server const&) = delete;
  ~scripted_server();

  /// A URL here; `path` begins with a slash.
  [[nodiscard]] std::string url(std::string const& path = "/") const;
  [[nodiscard]] int requests() const { return m_requests; }

 private:
  void accept_next();
  void serve(boost::asio::ip::tcp::socket socket);
  template <typename Stream>
  bool answer(Stream& stream);

  answerer const m_answer;
  std::optional<boost::asio::ssl::context> m_tls;
  boost::asio::io_context m_io;
  boost::asio::ip::tcp::acceptor m_acceptor;
  std::vector<boost::asio::ip::tcp::socket> m_silent;
  std::atomic<int> m_requests{0};
  std::thread m_thread;
};

/// An answer with Content-Length and `more_fields` (lines with CRLF).
std::string http_answer_text(std::string const& status, std::string const& body, std::string const& more_fields = {});

} // namespace memtorrent::test
