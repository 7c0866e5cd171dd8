// What must be known of the head of an HTTP answer (RFC 9112, section 4) to tell a file from a redirect or a refusal.

#pragma once

#include <string>
#include <string_view>

namespace memtorrent::session {

/// One thread.
class response_head {
 public:
  /// The next line, with its end, as libcurl hands them over. A status line begins a head anew: an answer like "100
  /// Continue" comes before the real one. What follows a complete head, such as trailers, changes nothing.
  void take(std::string_view line);

  /// The empty line after a head that is not an interim one has come.
  [[nodiscard]] bool is_complete() const { return m_is_complete; }

  /// 0 if the status line has none.
  [[nodiscard]] int status() const { return m_status; }
  /// "404 Not Found"
  [[nodiscard]] std::string const& status_text() const { return m_status_text; }
  /// A field's value; empty if there is none.
  [[nodiscard]] std::string const& location() const { return m_location; }
  [[nodiscard]] std::string const& content_encoding() const { return m_content_encoding; }

  [[nodiscard]] bool is_redirect() const;

 private:
  void begin(std::string_view status_line);

  bool m_is_complete = false;
  int m_status = 0;
  std::string m_status_text;
  std::string m_location;
  std::string m_content_encoding;
};

} // namespace memtorrent::session
