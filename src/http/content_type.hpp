// Media types by file name.

#pragma once

#include <string_view>

namespace memtorrent::http {

/// The value of Content-Type for a file of that name, told by its extension without regard to case;
/// `application/octet-stream` when it has none that is known. Any thread.
///
/// Never a type that a browser runs (HTML, SVG): the file comes from a stranger, and would run with our origin.
std::string_view content_type(std::string_view file_name) noexcept;

} // namespace memtorrent::http
