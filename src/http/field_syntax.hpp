// What the grammars of HTTP's fields share: letters without case, and optional white space.
//
// ASCII only, never by the locale. Not boost::beast::iequals: Boost 1.74's reads one byte beyond its arguments.

#pragma once

#include <string_view>

namespace memtorrent::http {

constexpr char to_lower_ascii(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Names of fields, range units and extensions are compared like this (RFC 9110, sections 5.1 and 14.1).
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower_ascii(a[i]) != to_lower_ascii(b[i])) return false;
  }
  return true;
}

/// Without the spaces and tabs at both ends: OWS (RFC 9110, section 5.6.3).
constexpr std::string_view trim_ows(std::string_view text) noexcept {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace memtorrent::http
