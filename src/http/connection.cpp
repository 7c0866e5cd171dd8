#include "http/connection.hpp"

#include "http/date.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/write.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <utility>

namespace memtorrent::http {

namespace beast_http = boost::beast::http;
using beast_http::field;
using beast_http::status;
using beast_http::verb;
using boost::asio::ip::tcp;

namespace {

// Beast does not count what it has parsed when the rest comes later, so a header may be longer by one read of ours.
constexpr std::uint32_t max_header_bytes = 8 * 1024;

// Requests sent early, behind the one that is being answered. A client that has more of them is no player, and reading
// on is the only way to see it leave.
constexpr std::size_t max_early_bytes = std::size_t{64} * 1024;

// Finds a client whose machine is gone after 4 minutes instead of the system's 2 hours: it holds a window of the memory
// budget. A player that is paused answers these probes without knowing of them.
void keep_alive_by_tcp(tcp::socket& socket, boost::system::error_code& ec) {
  socket.set_option(boost::asio::socket_base::keep_alive(true), ec);
#ifdef TCP_KEEPIDLE
  auto const set = [&](int option, int value) {
    if (ec) return;
    if (::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof(value)) != 0) {
      ec.assign(errno, boost::system::system_category());
    }
  };
  set(TCP_KEEPIDLE, 120);
  set(TCP_KEEPINTVL, 30);
  set(TCP_KEEPCNT, 4);
#endif
}

bool has_body(request const& asked) {
  // The parser has seen to it that a Content-Length is a number, and that there is only one.
  return asked.count(field::transfer_encoding) > 0 ||
         (asked.count(field::content_length) > 0 &&
          asked[field::content_length].find_first_not_of('0') != boost::beast::string_view::npos);
}

} // namespace

connection::connection(tcp::socket socket, std::shared_ptr<server_options const> options, answerer answer,
                       closed_handler closed)
    : m_socket(std::move(socket)),
      m_timer(m_socket.get_executor()),
      m_options(std::move(options)),
      m_answer(std::move(answer)),
      m_on_closed(std::move(closed)) {}

void connection::start() {
  boost::system::error_code ec;
  keep_alive_by_tcp(m_socket, ec);
  // A header must not wait for the acknowledgement of the body before it.
  if (!ec) m_socket.set_option(tcp::no_delay(true), ec);
  // It serves without them too, only not as well.
  if (ec && m_options->log) m_options->log("cannot set a connection's options: " + ec.message());
  await_request();
  read_some();
}

void connection::close() {
  if (m_phase == phase::closed) return;
  m_phase = phase::closed;
  if (m_body) m_body->stop();
  m_body.reset();
  // The file descriptor is gone whatever this says, and there is nobody left to tell.
  boost::system::error_code ignored;
  m_socket.close(ignored);
  m_timer.cancel();
  if (auto const closed = std::exchange(m_on_closed, nullptr)) closed(*this);
}

void connection::read_some() {
  m_socket.async_read_some(
      boost::asio::buffer(m_incoming),
      [self = shared_from_this()](boost::system::error_code ec, std::size_t bytes) { self->on_received(ec, bytes); });
}

void connection::on_received(boost::system::error_code ec, std::size_t size_bytes) {
  if (m_phase == phase::closed) return;
  if (ec) return close();
  if (m_phase != phase::lingering) m_received.append(m_incoming.data(), size_bytes);
  if (m_phase == phase::awaiting_request) parse_received();
  if (m_phase == phase::answering && m_received.size() > max_early_bytes) close();
  if (m_phase != phase::closed) read_some();
}

void connection::await_request() {
  m_phase = phase::awaiting_request;
  m_parser.emplace();
  m_parser->header_limit(max_header_bytes);
  limit_time(m_options->request_timeout);
  if (!m_received.empty()) parse_received();
}

void connection::parse_received() {
  if (!m_parser->got_some()) {
    // An empty line before a request is to be forgiven (RFC 9112, section 2.2).
    m_received.erase(0, m_received.find_first_not_of("\r\n"));
    if (m_received.empty()) return;
  }
  boost::system::error_code ec;
  auto const parsed_bytes = m_parser->put(boost::asio::buffer(m_received), ec);
  m_received.erase(0, parsed_bytes);
  if (ec == beast_http::error::need_more) return;
  if (ec == beast_http::error::header_limit) {
    return refuse_request(status::request_header_fields_too_large, "The request's header is too long.");
  }
  if (ec == beast_http::error::bad_version) {
    return refuse_request(status::http_version_not_supported, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
  }
  if (ec) return refuse_request(status::bad_request, "The request is malformed.");
  answer_request();
}

void connection::answer_request() {
  auto const& asked = m_parser->get();
  m_version = asked.version();
  if (asked.version() == 11 && asked.count(field::host) != 1) {
    // RFC 9112, section 3.2.
    return refuse_request(status::bad_request, "The request does not name one host.");
  }
  auto const is_head = asked.method() == verb::head;
  auto const is_answerable = is_head || asked.method() == verb::get;
  if (has_body(asked)) {
    if (is_answerable) return refuse_request(status::payload_too_large, "A request must not have a body here.");
    // The body would be taken for the next request.
    m_keeps_alive = false;
  }
  m_keeps_alive = m_keeps_alive && asked.keep_alive();
  m_phase = phase::answering;
  auto answer = m_answer(asked);
  if (answer.ends_connection) m_keeps_alive = false;
  send(is_head ? std::move(answer) : open_body(std::move(answer)), is_head);
}

// What follows such a request cannot be made out.
void connection::refuse_request(status why, std::string const& sentence) {
  m_phase = phase::answering;
  m_keeps_alive = false;
  send(text_reply(why, sentence), m_parser->get().method() == verb::head);
}

reply connection::open_body(reply answer) {
  if (!answer.file) return answer;
  boost::system::error_code ec;
  auto source = answer.file->open(ec);
  if (!source) return open_failed_reply(ec);
  m_body =
      std::make_shared<body_sender>(m_socket, std::move(source), answer.file->offset_bytes, answer.file->size_bytes,
                                    [weak = weak_from_this()](body_sender::outcome how, auto error) {
                                      if (auto const self = weak.lock()) self->on_body_done(how, error);
                                    });
  m_body->start_reading();
  return answer;
}

void connection::send(reply answer, bool is_head) {
  m_response = {};
  m_response.version(m_version);
  m_response.result(answer.status);
  for (auto const& line : answer.fields) m_response.insert(line.name(), line.name_string(), line.value());
  m_response.set(field::date, imf_fixdate(std::time(nullptr)));
  if (answer.status != status::not_modified) {
    m_response.content_length(answer.file ? static_cast<std::uint64_t>(answer.file->size_bytes) : answer.text.size());
  }
  m_response.keep_alive(m_keeps_alive);
  m_response.body() = std::move(answer.text);

  limit_time(m_options->request_timeout);
  m_serializer.emplace(m_response);
  auto sent = [self = shared_from_this()](boost::system::error_code ec, std::size_t) { self->on_sent(ec); };
  if (is_head || answer.file) {
    beast_http::async_write_header(m_socket, *m_serializer, std::move(sent));
  } else {
    beast_http::async_write(m_socket, *m_serializer, std::move(sent));
  }
}

void connection::on_sent(boost::system::error_code ec) {
  if (m_phase == phase::closed) return;
  if (ec) return close();
  if (!m_body) return finish_reply();
  lift_time_limit();
  m_body->start_writing();
}

void connection::on_body_done(body_sender::outcome how, boost::system::error_code ec) {
  if (m_phase == phase::closed) return;
  if (how == body_sender::outcome::all_sent) return finish_reply();
  if (how == body_sender::outcome::source_failed && m_options->log) {
    m_options->log("a stream ended early: " + ec.message());
  }
  // Short of what Content-Length promised, so that the client cannot take it for the whole (RFC 9112, section 8).
  close();
}

void connection::finish_reply() {
  m_body.reset();
  m_serializer.reset();
  if (m_keeps_alive) return await_request();
  linger();
}

void connection::linger() {
  m_phase = phase::lingering;
  m_received.clear();
  boost::system::error_code ec;
  m_socket.shutdown(tcp::socket::shutdown_send, ec);
  // The client was faster.
  if (ec) return close();
  limit_time(m_options->linger_timeout);
}

void connection::limit_time(std::chrono::milliseconds limit) {
  m_timer.expires_after(limit);
  m_timer.async_wait([self = shared_from_this()](boost::system::error_code ec) {
    // The limit may have been moved when this was already on its way.
    if (!ec && self->m_timer.expiry() <= std::chrono::steady_clock::now()) self->close();
  });
}

void connection::lift_time_limit() { m_timer.expires_at(std::chrono::steady_clock::time_point::max()); }

} // namespace memtorrent::http
