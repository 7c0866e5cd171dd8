// Entity tags: how a client says which version of a file it has (RFC 9110, sections 8.8.3 and 13.1).
//
// Ours are strong, because a torrent's file never changes; a client's may be weak. A `tag` here is the opaque text
// without its quotes. Pure functions; any thread.

#pragma once

#include <string>
#include <string_view>

namespace memtorrent::http {

/// Section 8.8.3.2: by strong comparison a weak tag equals nothing.
enum class etag_comparison { strong, weak };

/// The value of ETag. REQUIRES: `tag` has no quotes, spaces or control characters.
std::string quoted_etag(std::string_view tag);

/// Whether the value of If-Match (compared strongly) or If-None-Match (weakly) is `*` or lists `tag`. What is malformed
/// matches nothing.
bool lists_etag(std::string_view field_value, std::string_view tag, etag_comparison comparison);

/// Whether the value of If-Range is `tag`, so that the Range counts (section 13.1.5). A weak tag or a date never is: we
/// send neither.
bool if_range_holds(std::string_view field_value, std::string_view tag);

} // namespace memtorrent::http
