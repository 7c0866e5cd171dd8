#include "session/byte_size.hpp"

#include "http/field_syntax.hpp"
#include "session/printable.hpp"
#include "session/value_error.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace memtorrent::session {

namespace {

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = kib * 1024;
constexpr std::int64_t gib = mib * 1024;
constexpr std::int64_t tib = gib * 1024;

struct unit {
  std::string_view name;
  double bytes;
};

constexpr unit units[] = {
    {"", 1},     {"B", 1},   {"K", kib},   {"KiB", kib}, {"KB", 1e3}, {"M", mib},   {"MiB", mib},
    {"MB", 1e6}, {"G", gib}, {"GiB", gib}, {"GB", 1e9},  {"T", tib},  {"TiB", tib}, {"TB", 1e12},
};

// More than any machine has, and exact in a double.
constexpr double largest_size = 1024.0 * static_cast<double>(tib);

constexpr char const* accepted = "sizes are written like 64MiB, 64M, 64MB, 1.5GiB, or as plain bytes";

[[noreturn]] void refuse(std::string const& why) { throw value_error(why + "; " + accepted); }

} // namespace

std::int64_t parse_byte_size(std::string_view text) {
  auto const quoted = "'" + printable(text) + "'";
  // Not a sign, nor "inf" or "nan", which from_chars would take.
  if (text.empty() || text.front() < '0' || text.front() > '9') refuse(quoted + " is not a size");

  double number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) refuse(quoted + " is not a size");
  auto name = text.substr(static_cast<std::size_t>(end - text.data()));
  if (!name.empty() && name.front() == ' ') name.remove_prefix(1);

  for (auto const& known : units) {
    if (!http::equal_ignoring_case(name, known.name)) continue;
    auto const bytes = std::floor(number * known.bytes);
    if (bytes < 1) refuse(quoted + " is less than one byte");
    if (bytes > largest_size) refuse(quoted + " is more than any machine has");
    return static_cast<std::int64_t>(bytes);
  }
  refuse("'" + printable(name) + "' in " + quoted + " is no unit of size");
}

std::string readable_size(std::int64_t bytes) {
  std::array<char, 32> text{};
  if (bytes < kib) {
    std::snprintf(text.data(), text.size(), "%lld bytes", static_cast<long long>(bytes));
    return text.data();
  }
  auto const& [name, size] = bytes < mib   ? std::pair("KiB", kib)
                             : bytes < gib ? std::pair("MiB", mib)
                                           : std::pair("GiB", gib);
  std::snprintf(text.data(), text.size(), "%.1f %s", static_cast<double>(bytes) / static_cast<double>(size), name);
  return text.data();
}

std::string byte_size_argument(std::int64_t bytes) {
  if (bytes < mib) return std::to_string((bytes + kib - 1) / kib) + "KiB";
  return std::to_string((bytes + mib - 1) / mib) + "MiB";
}

} // namespace memtorrent::session
