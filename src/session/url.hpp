// http and https URLs (RFC 9110, section 4.2), as far as fetching a .torrent needs them. Pure functions; any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace memtorrent::session {

struct url {
  bool is_https = false;
  /// Without the brackets of an IPv6 address.
  std::string host;
  std::uint16_t port = 0;
  /// Path and query, starting with a slash; what a request line asks for. Never a fragment.
  std::string target;

  /// "https://host:8443", without a port that goes without saying. Fit for messages: path and query may hold the key
  /// of a private tracker.
  [[nodiscard]] std::string origin() const;

  /// Host and port, as the Host field has them.
  [[nodiscard]] std::string authority() const;
};

/// Nothing if it is not an absolute http or https URL, or holds a user's name, a space or a control character.
std::optional<url> parse_url(std::string_view text);

/// What `reference`, a Location field's value, means at `base` (RFC 3986, section 5.2, without removing dot segments,
/// which is left to the server).
std::optional<url> resolve_reference(url const& base, std::string_view reference);

} // namespace memtorrent::session
