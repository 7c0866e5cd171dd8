// How much of a film to preload, as people write it.

#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace memtorrent::session {

struct percent_of_file {
  double percent = 0;
};
/// Bytes, or a part of the file.
using preload_amount = std::variant<std::int64_t, percent_of_file>;

/// `32MiB` and all that `parse_byte_size` reads, or `10%`. Throws `value_error`. Any thread.
preload_amount parse_preload_amount(std::string_view text);

/// At least one byte.
std::int64_t bytes_to_preload(preload_amount const& amount, std::int64_t file_bytes);

} // namespace memtorrent::session
