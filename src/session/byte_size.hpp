// Sizes as people write and read them. Pure functions; any thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace memtorrent::session {

/// Reads a size in bytes, of at least one byte: `64MiB` and `64M` are 64 * 1024 * 1024, `64MB` is 64,000,000, `1.5GiB`
/// and plain bytes are fine too. Case does not matter. Throws `value_error`, whose sentence says what is accepted.
std::int64_t parse_byte_size(std::string_view text);

/// For people: "12.3 MiB".
std::string readable_size(std::int64_t bytes);

/// The least size in whole KiB or MiB that is not below `bytes`, as `parse_byte_size` reads it: "8MiB".
std::string byte_size_argument(std::int64_t bytes);

} // namespace memtorrent::session
