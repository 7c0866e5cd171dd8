// An HTTP client for tests: sends exactly the bytes it is told, and reads replies one by one. Nothing waits for ever.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace memtorrent::test {

struct received_reply {
  /// 0 if the connection ended before a whole header came.
  int status = 0;
  /// With the empty line at its end.
  std::string header;
  std::string body;
  /// The body is as long as Content-Length says.
  bool is_complete = false;

  /// The value of a field, "" if there is none. `name` as the server writes it.
  [[nodiscard]] std::string field(std::string_view name) const;
};

class http_client {
 public:
  /// Connects to 127.0.0.1. `receive_buffer_bytes` above 0 makes the system take no more than about that.
  explicit http_client(std::uint16_t port, int receive_buffer_bytes = 0);
  http_client(http_client&& other) noexcept;
  http_client(http_client const&) = delete;
  http_client& operator=(http_client const&) = delete;
  ~http_client();

  void send(std::string_view bytes) const;

  /// The next reply. `to_head`: it answers HEAD, and so has no body whatever its Content-Length.
  [[nodiscard]] received_reply read_reply(bool to_head = false);

  /// Sends GET for `path` with `more_fields` (lines with CRLF) and reads the reply.
  [[nodiscard]] received_reply get(std::string_view path, std::string_view more_fields = {});

  /// True if the server ended the connection and sent nothing before that.
  [[nodiscard]] bool sees_the_end();
  /// True if the server ended it so that what was under way is lost.
  [[nodiscard]] bool sees_a_reset() const;

  void close();
  /// Closes so that the server sees a reset, as when a player is killed.
  void reset();

 private:
  // False at the end of the stream, or after too long a wait.
  bool receive();

  int m_socket = -1;
  // Received and not returned yet.
  std::string m_received;
};

/// A request's bytes: a request line, Host and `more_fields` (lines with CRLF).
[[nodiscard]] std::string request_text(std::string_view method, std::string_view path,
                                       std::string_view more_fields = {});

} // namespace memtorrent::test
