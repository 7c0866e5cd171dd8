// For how long what is buffered lasts, and what is missing takes. Pure functions; bytes, and bytes a second.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace memtorrent {

/// Nothing if nothing drains it.
std::optional<std::chrono::milliseconds> buffered_time(std::int64_t buffered_bytes,
                                                       std::int64_t drain_bytes_per_s) noexcept;

/// How long so much will take to come. Nothing if nothing comes.
std::optional<std::chrono::milliseconds> time_to_fill(std::int64_t missing_bytes,
                                                      std::int64_t fill_bytes_per_s) noexcept;

/// When the buffer will be empty. Nothing if it fills as fast as it drains, or the rest of the file is there.
std::optional<std::chrono::milliseconds> stalls_in(std::int64_t buffered_bytes, std::int64_t rest_of_file_bytes,
                                                   std::int64_t fill_bytes_per_s,
                                                   std::int64_t drain_bytes_per_s) noexcept;

} // namespace memtorrent
