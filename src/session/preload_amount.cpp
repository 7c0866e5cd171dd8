#include "session/preload_amount.hpp"

#include "session/byte_size.hpp"
#include "session/printable.hpp"
#include "session/value_error.hpp"

#include <algorithm>
#include <charconv>

namespace memtorrent::session {

preload_amount parse_preload_amount(std::string_view text) {
  if (text.empty() || text.back() != '%') return parse_byte_size(text);
  double percent = 0;
  auto const* const end = text.data() + text.size() - 1;
  auto const [parsed_to, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  // Written so that it is also true of what is not a number.
  if (error != std::errc() || parsed_to != end || !(percent > 0 && percent <= 100))
    throw value_error("'" + printable(text) + "' is not a percentage of more than 0 and at most 100");
  return percent_of_file{percent};
}

std::int64_t bytes_to_preload(preload_amount const& amount, std::int64_t file_bytes) {
  if (auto const* const bytes = std::get_if<std::int64_t>(&amount)) return *bytes;
  auto const part = std::get<percent_of_file>(amount).percent / 100;
  return std::max<std::int64_t>(static_cast<std::int64_t>(static_cast<double>(file_bytes) * part), 1);
}

} // namespace memtorrent::session
