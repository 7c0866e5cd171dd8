// Which bytes of a file a request asks for: the Range field (RFC 9110, section 14).
//
// Pure functions; any thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace memtorrent::http {

/// The request is answered as if it had no Range: 200.
struct whole_file {
  friend bool operator==(whole_file const&, whole_file const&) = default;
};

/// 206 with these bytes. Lies inside the file and is never empty.
struct file_part {
  std::int64_t offset_bytes = 0;
  std::int64_t size_bytes = 0;
  friend bool operator==(file_part const&, file_part const&) = default;
};

/// 416: no byte of what was asked for exists.
struct unsatisfiable_range {
  friend bool operator==(unsatisfiable_range const&, unsatisfiable_range const&) = default;
};

using range_answer = std::variant<whole_file, file_part, unsatisfiable_range>;

/// Resolves the value of a Range field against a file of `file_size_bytes`. An end beyond the file is clamped; a suffix
/// longer than the file means all of it; numbers may be as long as they like (sections 14.1.1 and 14.1.2).
///
/// `whole_file` for what a server may or must ignore: another unit, a malformed value, a last byte before the first,
/// and several ranges (section 14.2), which no player needs and which would have to be sent as multipart/byteranges.
range_answer resolve_range(std::string_view field_value, std::int64_t file_size_bytes);

/// The value of Content-Range in a 206 (section 14.4).
std::string content_range(file_part const& part, std::int64_t file_size_bytes);

/// The value of Content-Range in a 416 (section 14.4).
std::string unsatisfied_content_range(std::int64_t file_size_bytes);

} // namespace memtorrent::http
