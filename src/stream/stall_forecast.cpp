#include "stream/stall_forecast.hpp"

namespace memtorrent {

std::optional<std::chrono::milliseconds> buffered_time(std::int64_t buffered_bytes,
                                                       std::int64_t drain_bytes_per_s) noexcept {
  if (drain_bytes_per_s <= 0) return std::nullopt;
  return std::chrono::milliseconds(buffered_bytes * 1000 / drain_bytes_per_s);
}

std::optional<std::chrono::milliseconds> time_to_fill(std::int64_t missing_bytes,
                                                      std::int64_t fill_bytes_per_s) noexcept {
  if (fill_bytes_per_s <= 0) return std::nullopt;
  return std::chrono::milliseconds(missing_bytes * 1000 / fill_bytes_per_s);
}

std::optional<std::chrono::milliseconds> stalls_in(std::int64_t buffered_bytes, std::int64_t rest_of_file_bytes,
                                                   std::int64_t fill_bytes_per_s,
                                                   std::int64_t drain_bytes_per_s) noexcept {
  auto const loss = drain_bytes_per_s - fill_bytes_per_s;
  if (loss <= 0 || buffered_bytes >= rest_of_file_bytes) return std::nullopt;
  auto const dry_in = std::chrono::milliseconds(buffered_bytes * 1000 / loss);
  // The film may end before that.
  auto const ends_in = std::chrono::milliseconds(rest_of_file_bytes * 1000 / drain_bytes_per_s);
  if (dry_in >= ends_in) return std::nullopt;
  return dry_in;
}

} // namespace memtorrent
