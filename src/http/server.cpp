#include "http/server.hpp"

#include "http/connection.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace memtorrent::http {

using boost::asio::ip::tcp;

namespace {

// Connections beyond the limit that are let in to be told 503. Beyond these they are closed without a word.
constexpr std::size_t max_refusals = 32;

// When no more file descriptors are to be had, accepting fails until something else is closed.
constexpr std::chrono::milliseconds accept_retry_delay{100};

[[noreturn]] void throw_cannot_listen(tcp::endpoint const& endpoint, boost::system::error_code ec) {
  std::ostringstream where;
  where << "cannot listen on " << endpoint;
  throw boost::system::system_error(ec, where.str());
}

tcp::acceptor listen_on(boost::asio::io_context& io, tcp::endpoint const& endpoint) {
  tcp::acceptor acceptor(io);
  boost::system::error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  // So that a restart does not wait for the old connections' ends; a port that is listened on stays refused.
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(boost::asio::socket_base::max_listen_connections, ec);
  if (ec) throw_cannot_listen(endpoint, ec);
  return acceptor;
}

} // namespace

class server::listener : public std::enable_shared_from_this<listener> {
 public:
  listener(boost::asio::io_context& io, tcp::endpoint const& endpoint, stream_lookup lookup, server_options options)
      : m_acceptor(listen_on(io, endpoint)),
        m_retry(io),
        m_options(std::make_shared<server_options const>(std::move(options))),
        m_answer([find_file = std::move(lookup)](request const& asked) {
          return answer_stream_request(asked, find_file);
        }) {}

  [[nodiscard]] boost::asio::any_io_executor executor() { return m_acceptor.get_executor(); }
  [[nodiscard]] tcp::endpoint local_endpoint() const { return m_acceptor.local_endpoint(); }

  void accept_next() {
    m_acceptor.async_accept([self = shared_from_this()](boost::system::error_code ec, tcp::socket socket) {
      self->on_accepted(ec, std::move(socket));
    });
  }

  void stop() {
    // Nobody can act on a failure to close, and closing again is none.
    boost::system::error_code ignored;
    m_acceptor.close(ignored);
    m_retry.cancel();
    // Closing takes each out of the map.
    for (auto const& open : std::exchange(m_connections, {})) open.second->close();
  }

 private:
  void on_accepted(boost::system::error_code ec, tcp::socket socket) {
    if (!m_acceptor.is_open()) return;
    if (ec) return retry_later(ec);
    if (m_connections.size() < m_options->max_connections) {
      add(std::move(socket), m_answer);
    } else if (m_connections.size() < m_options->max_connections + max_refusals) {
      add(std::move(socket), [](request const&) {
        auto answer = text_reply(boost::beast::http::status::service_unavailable, "Too many clients are connected.");
        answer.ends_connection = true;
        return answer;
      });
    }
    accept_next();
  }

  void add(tcp::socket socket, connection::answerer answer) {
    auto const added = std::make_shared<connection>(std::move(socket), m_options, std::move(answer),
                                                    [weak = weak_from_this()](connection& closed) {
                                                      if (auto const self = weak.lock())
                                                        self->m_connections.erase(&closed);
                                                    });
    m_connections.emplace(added.get(), added);
    added->start();
  }

  void retry_later(boost::system::error_code accept_error) {
    if (m_options->log) m_options->log("cannot accept a connection: " + accept_error.message());
    m_retry.expires_after(accept_retry_delay);
    m_retry.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec && self->m_acceptor.is_open()) self->accept_next();
    });
  }

  tcp::acceptor m_acceptor;
  boost::asio::steady_timer m_retry;
  std::shared_ptr<server_options const> m_options;
  connection::answerer m_answer;
  std::unordered_map<connection*, std::shared_ptr<connection>> m_connections;
};

server::server(boost::asio::io_context& io, tcp::endpoint const& endpoint, stream_lookup lookup, server_options options)
    : m_listener(std::make_shared<listener>(io, endpoint, std::move(lookup), std::move(options))),
      m_local_endpoint(m_listener->local_endpoint()) {
  m_listener->accept_next();
}

server::~server() { stop(); }

void server::stop() {
  boost::asio::dispatch(m_listener->executor(), [stopped = m_listener] { stopped->stop(); });
}

} // namespace memtorrent::http
