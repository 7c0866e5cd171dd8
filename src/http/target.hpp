// The addresses of streams: `/stream/{info-hash}/{file-index}/{name}`.
//
// The name is there for players, which show it and guess the format by it; hash and index alone say which file it is.
// Pure functions; any thread.

#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace memtorrent::http {

struct stream_target {
  /// 40 digits (SHA-1, v1) or 64 (SHA-256, v2), in lower case.
  std::string info_hash_hex;
  /// libtorrent's file index: pad files count.
  int file_index = 0;
  /// Decoded; empty when it was left out.
  std::string name;
  friend bool operator==(stream_target const&, stream_target const&) = default;
};

enum class target_error {
  /// A percent sign without two hexadecimal digits (RFC 3986, section 2.1), or neither a path nor an http address.
  malformed,
  /// A well-formed address of something else.
  not_a_stream,
};

/// Reads a request target in origin form or absolute form (RFC 9112, section 3.2); the query does not matter.
std::variant<stream_target, target_error> parse_stream_target(std::string_view request_target);

/// The path of a stream, percent-encoded (RFC 3986, section 2.1): what `parse_stream_target` reads back. A slash in
/// `name` is encoded too, so that it stays one segment. `name` is bytes, UTF-8 by custom.
///
/// REQUIRES: `info_hash_hex` is 40 or 64 hexadecimal digits, `file_index` is not negative.
std::string stream_path(std::string_view info_hash_hex, int file_index, std::string_view name);

} // namespace memtorrent::http
