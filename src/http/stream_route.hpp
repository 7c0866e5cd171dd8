// Answers requests for `/stream/{info-hash}/{file-index}/{name}`: which file, which part of it, and whether the client
// has it already (RFC 9110, sections 13 and 14). Decides only; the connection sends.

#pragma once

#include "http/reply.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace memtorrent::http {

/// A file that can be streamed.
struct stream_file {
  /// Tells the media type by its extension.
  std::string name;
  std::int64_t size_bytes = 0;
  /// Tells this content from any other, without quotes: the torrent's info hash and the file's index will do. Empty:
  /// none is sent, and a Range that depends on one (If-Range) does not count.
  std::string etag;
  source_opener open;
};

/// Finds a file by its torrent's info hash (40 or 64 hexadecimal digits, lower case) and its index, which may be any
/// number from 0. Called on the server's thread; must neither block nor throw.
using stream_lookup = std::function<std::optional<stream_file>(std::string const& info_hash_hex, int file_index)>;

/// Calls nothing but `lookup`. Any thread on which that may be called.
reply answer_stream_request(request const& asked, stream_lookup const& lookup);

} // namespace memtorrent::http
