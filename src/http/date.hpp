// Dates as HTTP writes them.

#pragma once

#include <ctime>
#include <string>

namespace memtorrent::http {

/// `time` as an IMF-fixdate, for example "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), whatever the locale
/// is. Any thread.
std::string imf_fixdate(std::time_t time);

} // namespace memtorrent::http
