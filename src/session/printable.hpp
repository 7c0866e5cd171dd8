// Text of strangers on its way to a terminal.

#pragma once

#include <string>
#include <string_view>

namespace memtorrent::session {

/// `text` (UTF-8 by custom) on one line, with control characters as question marks: names in a torrent are a
/// stranger's, and must not move the cursor or retitle the window. Pure; any thread.
std::string printable(std::string_view text);

} // namespace memtorrent::session
