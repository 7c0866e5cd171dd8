#include "http/range.hpp"

#include "http/field_syntax.hpp"
#include "precondition.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace memtorrent::http {

namespace {

// The only range-spec of a set in unit bytes, or nothing. A list may hold empty elements, which do not count (RFC 9110,
// section 5.6.1.2): "bytes=,0-5" asks for one range.
std::optional<std::string_view> single_range_spec(std::string_view value) {
  value = trim_ows(value);
  auto const equals = value.find('=');
  if (equals == std::string_view::npos || !equal_ignoring_case(value.substr(0, equals), "bytes")) return std::nullopt;

  std::optional<std::string_view> only;
  auto rest = value.substr(equals + 1);
  while (true) {
    auto const comma = rest.find(',');
    auto const element = trim_ows(rest.substr(0, comma));
    if (!element.empty()) {
      if (only) return std::nullopt;
      only = element;
    }
    if (comma == std::string_view::npos) return only;
    rest.remove_prefix(comma + 1);
  }
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Compares the numbers themselves, so that two that both exceed 64 bits still have an order.
bool less_than(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// What exceeds 64 bits lies beyond every file, as the greatest number does. REQUIRES: digits, at least one.
std::int64_t clamped_number(std::string_view digits) {
  MEMTORRENT_REQUIRE(!digits.empty() && all_digits(digits));
  std::int64_t number = 0;
  auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return result.ec == std::errc() ? number : std::numeric_limits<std::int64_t>::max();
}

range_answer last_bytes(std::int64_t count, std::int64_t file_size_bytes) {
  if (count == 0) return unsatisfiable_range{};
  // Satisfiable by section 14.1.2, but a Content-Range cannot express no bytes.
  if (file_size_bytes == 0) return whole_file{};
  auto const size_bytes = std::min(count, file_size_bytes);
  return file_part{file_size_bytes - size_bytes, size_bytes};
}

} // namespace

range_answer resolve_range(std::string_view field_value, std::int64_t file_size_bytes) {
  auto const spec = single_range_spec(field_value);
  if (!spec) return whole_file{};
  auto const dash = spec->find('-');
  if (dash == std::string_view::npos) return whole_file{};

  auto const first = spec->substr(0, dash);
  auto const last = spec->substr(dash + 1);
  if (!all_digits(first) || !all_digits(last) || (first.empty() && last.empty())) return whole_file{};
  if (first.empty()) return last_bytes(clamped_number(last), file_size_bytes);
  if (!last.empty() && less_than(last, first)) return whole_file{};

  auto const begin = clamped_number(first);
  if (begin >= file_size_bytes) return unsatisfiable_range{};
  auto const last_byte = file_size_bytes - 1;
  auto const end = last.empty() ? last_byte : std::min(clamped_number(last), last_byte);
  return file_part{begin, end - begin + 1};
}

std::string content_range(file_part const& part, std::int64_t file_size_bytes) {
  return "bytes " + std::to_string(part.offset_bytes) + '-' + std::to_string(part.offset_bytes + part.size_bytes - 1) +
         '/' + std::to_string(file_size_bytes);
}

std::string unsatisfied_content_range(std::int64_t file_size_bytes) {
  return "bytes */" + std::to_string(file_size_bytes);
}

} // namespace memtorrent::http
