// When a reader will have to wait: how long what is buffered lasts, and how long what is missing takes to come. Pure
// functions, of bytes and bytes a second.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace memtorrent {

/// buffered / drain: how long the buffer lasts if nothing more comes. Nothing if nobody reads.
std::optional<std::chrono::milliseconds> buffered_time(std::int64_t buffered_bytes,
                                                       std::int64_t drain_bytes_per_s) noexcept;

/// missing / fill: how long the missing bytes take to come. Nothing if nothing comes.
std::optional<std::chrono::milliseconds> time_to_fill(std::int64_t missing_bytes,
                                                      std::int64_t fill_bytes_per_s) noexcept;

/// buffered / (drain - fill): when the buffer will be empty. Nothing if it will not be, because
///   - it fills as fast as it drains, or
///   - the rest of the file is buffered, or
///   - the file ends before
std::optional<std::chrono::milliseconds> stalls_in(std::int64_t buffered_bytes, std::int64_t rest_of_file_bytes,
                                                   std::int64_t fill_bytes_per_s,
                                                   std::int64_t drain_bytes_per_s) noexcept;

} // namespace memtorrent
