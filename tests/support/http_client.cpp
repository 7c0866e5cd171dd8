#include "support/http_client.hpp"

#include "support/event_count.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace memtorrent::test {

namespace {

[[noreturn]] void throw_system_error(char const* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

std::string received_reply::field(std::string_view name) const {
  auto const line = "\r\n" + std::string(name) + ": ";
  auto const begin = header.find(line);
  if (begin == std::string::npos) return {};
  auto const value = begin + line.size();
  return header.substr(value, header.find("\r\n", value) - value);
}

http_client::http_client(std::uint16_t port, int receive_buffer_bytes)
    : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (m_socket < 0) throw_system_error("socket");
  timeval limit{};
  limit.tv_sec = patience.count();
  ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  if (receive_buffer_bytes > 0) {
    ::setsockopt(m_socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(m_socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) throw_system_error("connect");
}

http_client::http_client(http_client&& other) noexcept
    : m_socket(std::exchange(other.m_socket, -1)), m_received(std::move(other.m_received)) {}

http_client::~http_client() { close(); }

void http_client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    auto const sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw_system_error("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

received_reply http_client::read_reply(bool to_head) {
  received_reply reply;
  auto end = m_received.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!receive()) return reply;
    end = m_received.find("\r\n\r\n");
  }
  reply.header = m_received.substr(0, end + 4);
  m_received.erase(0, end + 4);
  reply.status = std::atoi(reply.header.c_str() + std::string_view("HTTP/1.1 ").size());

  auto const has_body = !to_head && reply.status != 304;
  auto const length = has_body ? std::strtoull(reply.field("Content-Length").c_str(), nullptr, 10) : 0;
  while (m_received.size() < length && receive()) continue;
  reply.is_complete = m_received.size() >= length;
  reply.body = m_received.substr(0, length);
  m_received.erase(0, length);
  return reply;
}

received_reply http_client::get(std::string_view path, std::string_view more_fields) {
  send(request_text("GET", path, more_fields));
  return read_reply();
}

bool http_client::sees_the_end() {
  if (!m_received.empty()) return false;
  char byte = 0;
  auto const got = ::recv(m_socket, &byte, 1, 0);
  return got == 0 || (got < 0 && errno == ECONNRESET);
}

bool http_client::sees_a_reset() const {
  // Not recv, which tells nothing of a reset that came after an end in order.
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(m_socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) throw_system_error("getsockopt");
  return error == ECONNRESET || error == EPIPE;
}

void http_client::close() {
  if (m_socket >= 0) ::close(std::exchange(m_socket, -1));
}

void http_client::reset() {
  linger const none{1, 0};
  ::setsockopt(m_socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  close();
}

bool http_client::receive() {
  std::array<char, 64 * 1024> bytes{};
  auto const got = ::recv(m_socket, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  m_received.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

std::string request_text(std::string_view method, std::string_view path, std::string_view more_fields) {
  return std::string(method) + ' ' + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + std::string(more_fields) +
         "\r\n";
}

} // namespace memtorrent::test
