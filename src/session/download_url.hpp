// URLs that a .torrent may be fetched from: http and https ones (RFC 9110, section 4.2), as libcurl reads them. Pure
// functions; any thread.

#pragma once

#include <string>

namespace memtorrent::session {

struct download_url {
  /// What libcurl is asked for. The host's name is in ASCII, also where it was not (RFC 5891).
  std::string text;
  /// "https://host:8443", without a port that goes without saying. Fit for messages: path and query may hold the key
  /// of a private tracker.
  std::string origin;
  bool is_https = false;
};

/// Throws `value_error` if it is not an absolute http or https URL, holds a space or a control character, or a user's
/// name or password. Those are refused because they would be on show in the list of processes, and because it would be
/// for us to see that no redirect carries them to a stranger. The sentence names no more than the origin.
download_url read_download_url(std::string const& text);

/// Where a Location field leads that `base` answered with: `location` may be relative (RFC 3986, section 5.2), and may
/// hold spaces, as some servers write them. Throws `value_error` for what `read_download_url` refuses, and for a way
/// from https to http.
download_url resolve_redirect(download_url const& base, std::string const& location);

} // namespace memtorrent::session
