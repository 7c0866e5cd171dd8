#include "session/response_head.hpp"

#include "http/field_syntax.hpp"

#include <charconv>

namespace memtorrent::session {

namespace {

constexpr int first_final_status = 200;

} // namespace

void response_head::take(std::string_view line) {
  if (m_is_complete) return;
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) {
    m_is_complete = m_status >= first_final_status;
    return;
  }
  if (line.starts_with("HTTP/")) return begin(line);
  auto const colon = line.find(':');
  if (colon == std::string_view::npos) return;
  auto const name = line.substr(0, colon);
  auto const value = http::trim_ows(line.substr(colon + 1));
  if (http::equal_ignoring_case(name, "location")) m_location = value;
  if (http::equal_ignoring_case(name, "content-encoding")) m_content_encoding = value;
}

bool response_head::is_redirect() const {
  bool const redirects = m_status == 301 || m_status == 302 || m_status == 303 || m_status == 307 || m_status == 308;
  return redirects && !m_location.empty();
}

void response_head::begin(std::string_view status_line) {
  *this = response_head();
  auto const space = status_line.find(' ');
  if (space == std::string_view::npos) return;
  m_status_text = http::trim_ows(status_line.substr(space + 1));
  std::from_chars(m_status_text.data(), m_status_text.data() + m_status_text.size(), m_status);
}

} // namespace memtorrent::session
