// One client's connection: reads its requests, one after the other, and writes their replies in that order (RFC 9112,
// section 9.3.2).
//
// There is always exactly one read waiting on the socket, also while a reply is being sent. That is how a client that
// goes away is noticed at once, whether its film waits for peers or its socket is full: the read ends. What arrives
// meanwhile is the next request, sent early, and is kept for later. An end of the stream counts as going away, although
// TCP would let a client end only its own half: no player does, and nothing else tells that a player is gone while
// there is nothing to write to it.
//
// Time limits are on what a client owes: a request, once connected, and taking a short reply. A body has none, because
// a paused player leaves it standing for hours; TCP keepalive finds those whose machine is gone.
//
// The socket is a plain one with an own timer, since boost::beast::tcp_stream puts its time limit on every operation.
//
// Threads: all members on the one thread that runs the io_context.

#pragma once

#include "http/body_sender.hpp"
#include "http/reply.hpp"
#include "http/server_options.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace memtorrent::http {

class connection : public std::enable_shared_from_this<connection> {
 public:
  /// Decides what a request is answered with. Must not throw.
  using answerer = std::function<reply(request const&)>;
  /// Called once, when the connection is closed and its reader is gone.
  using closed_handler = std::function<void(connection&)>;

  connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<server_options const> options, answerer answer,
             closed_handler closed);

  /// Starts to read requests. Call once.
  void start();

  /// Closes the socket and destroys the reader, now.
  void close();

 private:
  enum class phase {
    awaiting_request,
    answering,
    /// The last reply is out; what still arrives is thrown away until the client closes too. Closing at once would
    /// reset the connection and could take the reply from the client (RFC 9112, section 9.6).
    lingering,
    closed,
  };

  void read_some();
  void on_received(boost::system::error_code ec, std::size_t size_bytes);
  void await_request();
  void parse_received();
  void answer_request();
  void refuse_request(boost::beast::http::status why, std::string const& sentence);
  reply open_body(reply answer);
  void send(reply answer, bool is_head);
  void on_sent(boost::system::error_code ec);
  void on_body_done(body_sender::outcome how, boost::system::error_code ec);
  void finish_reply();
  void linger();
  void limit_time(std::chrono::milliseconds limit);
  void lift_time_limit();

  boost::asio::ip::tcp::socket m_socket;
  boost::asio::steady_timer m_timer;
  std::shared_ptr<server_options const> m_options;
  answerer m_answer;
  closed_handler m_on_closed;

  phase m_phase = phase::awaiting_request;
  std::array<char, 4096> m_incoming{};
  // Arrived and not parsed yet.
  std::string m_received;

  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> m_parser;
  unsigned m_version = 11;
  bool m_keeps_alive = true;
  boost::beast::http::response<boost::beast::http::string_body> m_response;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> m_serializer;
  std::shared_ptr<body_sender> m_body;
};

} // namespace memtorrent::http
