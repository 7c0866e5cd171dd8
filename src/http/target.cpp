#include "http/target.hpp"

#include "http/field_syntax.hpp"
#include "precondition.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace memtorrent::http {

namespace {

constexpr std::string_view stream_prefix = "/stream/";

// -1 if it is no hexadecimal digit.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  auto const lower = to_lower_ascii(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    auto const high = hex_digit(text[i + 1]);
    auto const low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// Only what RFC 3986, section 2.3 calls unreserved stays: right in every part of an address, whoever takes it apart.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  encoded.reserve(text.size());
  for (auto const c : text) {
    if (unreserved.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      auto const byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

// The path of a target, still encoded. Empty if it has none.
std::string_view path_of(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
    // A proxy sends the whole address, and every server has to take it (RFC 9112, section 3.2.2).
    target.remove_prefix(std::min(target.find_first_of("/?", scheme.size()), target.size()));
    if (target.empty() || target.front() == '?') return "/";
  }
  target = target.substr(0, target.find('?'));
  return target.starts_with('/') ? target : std::string_view();
}

bool is_info_hash(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

std::optional<int> file_index_of(std::string_view text) {
  if (text.empty() || text.front() == '-') return std::nullopt;
  int index = 0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), index);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return index;
}

// Takes the first segment, still encoded, and the slash after it off `path`.
std::string_view take_segment(std::string_view& path) {
  auto const segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

} // namespace

std::variant<stream_target, target_error> parse_stream_target(std::string_view request_target) {
  auto path = path_of(request_target);
  if (path.empty() || !percent_decoded(path)) return target_error::malformed;
  if (!path.starts_with(stream_prefix)) return target_error::not_a_stream;
  path.remove_prefix(stream_prefix.size());

  // Taken apart first and decoded afterwards, so that an encoded slash separates nothing (RFC 3986, section 2.4).
  auto info_hash = *percent_decoded(take_segment(path));
  auto const file_index = file_index_of(*percent_decoded(take_segment(path)));
  if (!is_info_hash(info_hash) || !file_index) return target_error::not_a_stream;
  std::transform(info_hash.begin(), info_hash.end(), info_hash.begin(), to_lower_ascii);
  return stream_target{std::move(info_hash), *file_index, *percent_decoded(path)};
}

std::string stream_path(std::string_view info_hash_hex, int file_index, std::string_view name) {
  MEMTORRENT_REQUIRE(is_info_hash(info_hash_hex) && file_index >= 0);
  auto path = std::string(stream_prefix).append(info_hash_hex) + '/' + std::to_string(file_index);
  if (!name.empty()) path += '/' + percent_encoded(name);
  return path;
}

} // namespace memtorrent::http
