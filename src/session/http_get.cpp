#include "session/http_get.hpp"

#include "session/byte_size.hpp"
#include "session/printable.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace memtorrent::session {

namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using error_code = boost::system::error_code;

// A connection in the clear.
class plain_stream {
 public:
  explicit plain_stream(asio::io_context& io) : stream(io) {}

  tcp::socket& socket() { return stream; }
  static std::string prepare(url const& /*asked*/) { return {}; }

  template <typename Handler>
  void shake_hands(Handler handler) {
    handler(error_code());
  }
  [[nodiscard]] static std::string handshake_failure(error_code ec) { return ec.message(); }

  tcp::socket stream;
};

// One under TLS, to the server that the certificate names.
class tls_stream {
 public:
  explicit tls_stream(asio::io_context& io) : stream(io, m_context) {}

  tcp::socket& socket() { return stream.next_layer(); }

  // Empty, or what failed.
  std::string prepare(url const& asked) {
    error_code ec;
    m_context.set_default_verify_paths(ec);
    if (ec) return "cannot read the system's certificate authorities: " + ec.message();
    auto* const ssl = stream.native_handle();
    // The stream copied the context's settings when it was made, but shares its store of authorities.
    stream.set_verify_mode(asio::ssl::verify_peer);
    error_code is_a_name;
    asio::ip::make_address(asked.host, is_a_name);
    // A name is sent along (RFC 6066, section 3), so that the server can pick its certificate; an address is not.
    bool const is_set = is_a_name ? SSL_set1_host(ssl, asked.host.c_str()) == 1 &&
                                        SSL_set_tlsext_host_name(ssl, asked.host.c_str()) == 1
                                  : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), asked.host.c_str()) == 1;
    return is_set ? std::string() : "its name cannot be checked";
  }

  template <typename Handler>
  void shake_hands(Handler handler) {
    stream.async_handshake(asio::ssl::stream_base::client, std::move(handler));
  }

  [[nodiscard]] std::string handshake_failure(error_code ec) {
    auto const verified = SSL_get_verify_result(stream.native_handle());
    if (verified == X509_V_OK) return ec.message();
    return std::string("its certificate is not to be trusted: ") + X509_verify_cert_error_string(verified);
  }

 private:
  asio::ssl::context m_context{asio::ssl::context::tls_client};

 public:
  asio::ssl::stream<tcp::socket> stream;
};

template <typename Stream>
class exchange final : public http_get, public std::enable_shared_from_this<exchange<Stream>> {
 public:
  exchange(asio::io_context& io, url asked, http_get_limits const& limits, std::function<void(http_answer)> handler)
      : m_asked(std::move(asked)),
        m_limits(limits),
        m_handler(std::move(handler)),
        m_resolver(io),
        m_silence(io),
        m_stream(io) {
    m_parser.body_limit(static_cast<std::uint64_t>(limits.max_bytes));
  }

  void start() {
    wait_for_sign_of_life();
    m_resolver.async_resolve(
        m_asked.host, std::to_string(m_asked.port),
        then([](exchange& self, tcp::resolver::results_type const& found) { self.connect(found); }, "cannot be found"));
  }

  void cancel() override {
    m_handler = nullptr;
    close();
  }

 private:
  // Wraps what is to follow a step: nothing after the end, a failure after an error, and else `next`.
  template <typename Next>
  auto then(Next next, char const* failed) {
    return [self = this->shared_from_this(), next, failed](error_code ec, auto const&... results) {
      if (!self->m_handler) return;
      if (ec) return self->fail(failed, ec.message());
      self->wait_for_sign_of_life();
      next(*self, results...);
    };
  }

  void wait_for_sign_of_life() {
    m_silence.expires_after(m_limits.silence);
    m_silence.async_wait([weak = this->weak_from_this()](error_code ec) {
      auto const self = weak.lock();
      if (!ec && self && self->m_handler) self->fail("does not answer");
    });
  }

  void connect(tcp::resolver::results_type const& found) {
    asio::async_connect(m_stream.socket(), found,
                        then([](exchange& self, tcp::endpoint const&) { self.shake_hands(); }, "cannot be reached"));
  }

  void shake_hands() {
    if (auto const failure = m_stream.prepare(m_asked); !failure.empty()) return fail("cannot be verified", failure);
    m_stream.shake_hands([self = this->shared_from_this()](error_code ec) {
      if (!self->m_handler) return;
      if (ec) return self->fail("cannot be talked to safely", self->m_stream.handshake_failure(ec));
      self->send();
    });
  }

  void send() {
    wait_for_sign_of_life();
    m_request.method(beast_http::verb::get);
    m_request.target(m_asked.target);
    m_request.set(beast_http::field::host, m_asked.authority());
    m_request.set(beast_http::field::user_agent, "memtorrent/" MEMTORRENT_VERSION);
    m_request.set(beast_http::field::accept, "*/*");
    m_request.set(beast_http::field::connection, "close");
    beast_http::async_write(m_stream.stream, m_request,
                            then([](exchange& self, std::size_t) { self.receive(); }, "takes no request"));
  }

  void receive() {
    beast_http::async_read_some(m_stream.stream, m_received, m_parser,
                                [self = this->shared_from_this()](error_code ec, std::size_t) {
                                  if (self->m_handler) self->on_received(ec);
                                });
  }

  void on_received(error_code ec) {
    if (ec == beast_http::error::body_limit) {
      return fail("sends more than the " + readable_size(m_limits.max_bytes) + " that a .torrent file may have");
    }
    if (ec == beast_http::error::partial_message || ec == beast_http::error::end_of_stream) {
      return fail("ended the connection before the answer was complete");
    }
    if (ec) return fail("sends what cannot be read", ec.message());
    if (!m_parser.is_done()) {
      wait_for_sign_of_life();
      return receive();
    }
    auto& message = m_parser.get();
    http_answer answer;
    answer.status = message.result_int();
    answer.reason = printable(std::string(message.reason()));
    answer.location = std::string(message[beast_http::field::location]);
    answer.body = std::move(message.body());
    finish(std::move(answer));
  }

  void fail(std::string const& what, std::string const& why = {}) {
    http_answer answer;
    answer.failure = m_asked.origin() + " " + what + (why.empty() ? "" : ": " + printable(why));
    finish(std::move(answer));
  }

  void finish(http_answer answer) {
    close();
    // Emptied first: that is how every step that still comes back knows that it is over.
    std::exchange(m_handler, nullptr)(std::move(answer));
  }

  void close() {
    m_resolver.cancel();
    m_silence.cancel();
    // Everything that was to be known is known; nobody can act on a failure to close.
    error_code ignored;
    m_stream.socket().close(ignored);
  }

  url const m_asked;
  http_get_limits const m_limits;
  std::function<void(http_answer)> m_handler;
  tcp::resolver m_resolver;
  asio::steady_timer m_silence;
  Stream m_stream;
  beast_http::request<beast_http::empty_body> m_request;
  boost::beast::flat_buffer m_received;
  beast_http::response_parser<beast_http::string_body> m_parser;
};

template <typename Stream>
std::shared_ptr<http_get> start_exchange(asio::io_context& io, url const& asked, http_get_limits const& limits,
                                         std::function<void(http_answer)> handler) {
  auto started = std::make_shared<exchange<Stream>>(io, asked, limits, std::move(handler));
  started->start();
  return started;
}

} // namespace

std::shared_ptr<http_get> http_get::start(asio::io_context& io, url const& asked, http_get_limits const& limits,
                                          std::function<void(http_answer)> handler) {
  return asked.is_https ? start_exchange<tls_stream>(io, asked, limits, std::move(handler))
                        : start_exchange<plain_stream>(io, asked, limits, std::move(handler));
}

} // namespace memtorrent::session
