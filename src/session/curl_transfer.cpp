#include "session/curl_transfer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace memtorrent::session {

namespace {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

// Before the first handle is made, as libcurl wants it. The language lets one thread do it and others wait (a static
// of a function). libcurl 7.84 and later guard it too, against parts of a program that know nothing of us. It is never
// undone: threads that look up names may outlast every handle.
CURLcode initialised_libcurl() {
  static CURLcode const code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code;
}

} // namespace

// libcurl's socket, which Asio waits for and must not close.
struct curl_transfer::watched_socket {
  watched_socket(asio::io_context& io, curl_socket_t of) : descriptor(io, of) {}
  watched_socket(watched_socket const&) = delete;
  watched_socket& operator=(watched_socket const&) = delete;
  ~watched_socket() { let_go(); }

  void let_go() {
    wanted = CURL_POLL_NONE;
    if (descriptor.is_open()) descriptor.release();
  }

  asio::posix::stream_descriptor descriptor;
  // Both of CURL_POLL_IN and CURL_POLL_OUT, which are bits.
  int wanted = CURL_POLL_NONE;
  int awaited = CURL_POLL_NONE;
};

static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
static_assert((CURL_POLL_IN | CURL_POLL_OUT) == CURL_POLL_INOUT);

curl_transfer::curl_transfer(asio::io_context& io, std::chrono::milliseconds silence)
    : m_io(io), m_silence_limit(silence), m_timeout(io), m_silence(io) {
  check(initialised_libcurl());
  m_multi.reset(curl_multi_init());
  m_easy.reset(curl_easy_init());
  if (!m_multi || !m_easy) check(CURLE_OUT_OF_MEMORY);
  check(curl_multi_setopt(m_multi.get(), CURLMOPT_SOCKETFUNCTION, &curl_transfer::on_socket));
  check(curl_multi_setopt(m_multi.get(), CURLMOPT_SOCKETDATA, this));
  check(curl_multi_setopt(m_multi.get(), CURLMOPT_TIMERFUNCTION, &curl_transfer::on_timer));
  check(curl_multi_setopt(m_multi.get(), CURLMOPT_TIMERDATA, this));
  set(CURLOPT_ERRORBUFFER, m_error.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  // Of the time until a connection is there libcurl gives each of the server's addresses a part.
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(silence.count()));
}

curl_transfer::~curl_transfer() { stop(); }

std::string curl_transfer::reason(CURLcode code) const {
  return m_error.front() == '\0' ? curl_easy_strerror(code) : m_error.data();
}

void curl_transfer::start(std::function<void(CURLcode)> done) {
  m_error.front() = '\0';
  m_done = std::move(done);
  auto const code = curl_multi_add_handle(m_multi.get(), m_easy.get());
  if (code != CURLM_OK) m_done = nullptr;
  check(code);
  expect_life();
}

void curl_transfer::stop() {
  if (!std::exchange(m_done, nullptr)) return;
  // Fails for handles that are not ours alone.
  curl_multi_remove_handle(m_multi.get(), m_easy.get());
  m_timeout.cancel();
  m_silence.cancel();
}

void curl_transfer::check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

void curl_transfer::check(CURLMcode code) {
  if (code != CURLM_OK) throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
}

// No exception may pass through libcurl. It ends the transfer when these return -1.
int curl_transfer::on_socket(CURL* /*easy*/, curl_socket_t descriptor, int wanted, void* self,
                             void* /*watched*/) noexcept {
  try {
    static_cast<curl_transfer*>(self)->watch(descriptor, wanted);
    return 0;
  } catch (std::exception const&) {
    return -1;
  }
}

int curl_transfer::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) noexcept {
  try {
    static_cast<curl_transfer*>(self)->drive_in(timeout_ms);
    return 0;
  } catch (std::exception const&) {
    return -1;
  }
}

void curl_transfer::watch(curl_socket_t descriptor, int wanted) {
  auto const found = m_sockets.find(descriptor);
  if (wanted == CURL_POLL_REMOVE) {
    if (found == m_sockets.end()) return;
    // At once, and not when the last handler forgets it: libcurl is about to close it.
    found->second->let_go();
    m_sockets.erase(found);
    return;
  }
  auto const socket =
      found != m_sockets.end()
          ? found->second
          : m_sockets.emplace(descriptor, std::make_shared<watched_socket>(m_io, descriptor)).first->second;
  socket->wanted = wanted;
  wait(socket, CURL_POLL_IN);
  wait(socket, CURL_POLL_OUT);
}

void curl_transfer::wait(std::shared_ptr<watched_socket> const& socket, int direction) {
  if ((socket->wanted & direction) == 0 || (socket->awaited & direction) != 0) return;
  socket->awaited |= direction;
  auto const readiness = direction == CURL_POLL_IN ? asio::posix::stream_descriptor::wait_read
                                                   : asio::posix::stream_descriptor::wait_write;
  socket->descriptor.async_wait(
      readiness, [weak = weak_from_this(), weak_socket = std::weak_ptr(socket), direction](error_code ec) {
        auto const self = weak.lock();
        auto const ready = weak_socket.lock();
        if (self && ready) self->on_ready(ready, direction, ec);
      });
}

void curl_transfer::on_ready(std::shared_ptr<watched_socket> const& socket, int direction, error_code ec) {
  socket->awaited &= ~direction;
  // Not wanted any more, or let go.
  if ((socket->wanted & direction) == 0 || ec == asio::error::operation_aborted) return;
  expect_life();
  drive(socket->descriptor.native_handle(), ec ? CURL_CSELECT_ERR : direction);
  wait(socket, direction);
}

void curl_transfer::drive_in(long timeout_ms) {
  if (timeout_ms < 0) {
    m_timeout.cancel();
    return;
  }
  m_timeout.expires_after(std::chrono::milliseconds(timeout_ms));
  m_timeout.async_wait([weak = weak_from_this()](error_code ec) {
    auto const self = weak.lock();
    if (!ec && self) self->drive(CURL_SOCKET_TIMEOUT, 0);
  });
}

void curl_transfer::drive(curl_socket_t descriptor, int events) {
  if (!m_done) return;
  int running = 0;
  auto const code = curl_multi_socket_action(m_multi.get(), descriptor, events, &running);
  if (code != CURLM_OK) return end(code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT);
  int left = 0;
  while (auto const* const message = curl_multi_info_read(m_multi.get(), &left))
    if (message->msg == CURLMSG_DONE) return end(message->data.result);
}

void curl_transfer::expect_life() {
  m_silence.expires_after(m_silence_limit);
  m_silence.async_wait([weak = weak_from_this()](error_code ec) {
    auto const self = weak.lock();
    // It may have been put off after this was on its way.
    if (ec || !self || self->m_silence.expiry() > asio::steady_timer::clock_type::now()) return;
    if (self->m_done) self->end(CURLE_OPERATION_TIMEDOUT);
  });
}

void curl_transfer::end(CURLcode code) {
  // On the stack, because it may destroy this or set the next.
  auto const done = m_done;
  stop();
  done(code);
}

} // namespace memtorrent::session
