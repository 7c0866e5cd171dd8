#include "http/etag.hpp"

#include "http/field_syntax.hpp"
#include "precondition.hpp"

#include <algorithm>

namespace memtorrent::http {

namespace {

[[maybe_unused]] bool is_plain(std::string_view tag) {
  return std::all_of(tag.begin(), tag.end(), [](unsigned char c) { return c > ' ' && c != '"' && c != 0x7f; });
}

} // namespace

std::string quoted_etag(std::string_view tag) {
  MEMTORRENT_REQUIRE(is_plain(tag));
  return std::string("\"").append(tag).append("\"");
}

bool lists_etag(std::string_view field_value, std::string_view tag, etag_comparison comparison) {
  auto rest = trim_ows(field_value);
  if (rest == "*") return true;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t,"), rest.size()));
    auto const is_weak = rest.starts_with("W/");
    if (is_weak) rest.remove_prefix(2);
    if (!rest.starts_with('"')) return false;
    auto const closing = rest.find('"', 1);
    if (closing == std::string_view::npos) return false;
    auto const listed = rest.substr(1, closing - 1);
    if (listed == tag && !(is_weak && comparison == etag_comparison::strong)) return true;
    rest.remove_prefix(closing + 1);
  }
}

bool if_range_holds(std::string_view field_value, std::string_view tag) {
  return trim_ows(field_value) == quoted_etag(tag);
}

} // namespace memtorrent::http
