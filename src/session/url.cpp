#include "session/url.hpp"

#include "http/field_syntax.hpp"

#include <algorithm>
#include <charconv>

namespace memtorrent::session {

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return http::equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
}

// Host and port into `into`, whose port is the default until now.
bool read_authority(std::string_view authority, url& into) {
  if (authority.find('@') != std::string_view::npos) return false;
  std::size_t host_end = authority.find(':');
  if (authority.starts_with('[')) {
    auto const bracket = authority.find(']');
    if (bracket == std::string_view::npos) return false;
    into.host = authority.substr(1, bracket - 1);
    host_end = bracket + 1;
  } else {
    into.host = authority.substr(0, host_end);
  }
  if (into.host.empty()) return false;
  auto const rest = host_end < authority.size() ? authority.substr(host_end) : std::string_view();
  if (rest.empty() || rest == ":") return true;
  auto const [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), into.port);
  return rest.front() == ':' && error == std::errc() && end == rest.data() + rest.size() && into.port != 0;
}

} // namespace

std::string url::authority() const {
  auto text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (is_https ? https_port : http_port)) text += ":" + std::to_string(port);
  return text;
}

std::string url::origin() const { return (is_https ? "https://" : "http://") + authority(); }

std::optional<url> parse_url(std::string_view text) {
  if (!is_clean(text)) return std::nullopt;
  url parsed;
  for (std::string_view const scheme : {"http://", "https://"}) {
    if (!starts_with_ignoring_case(text, scheme)) continue;
    parsed.is_https = scheme == "https://";
    parsed.port = parsed.is_https ? https_port : http_port;
    text.remove_prefix(scheme.size());
  }
  if (parsed.port == 0) return std::nullopt;

  text = text.substr(0, text.find('#'));
  auto const authority = text.substr(0, text.find_first_of("/?"));
  if (!read_authority(authority, parsed)) return std::nullopt;
  text.remove_prefix(authority.size());
  parsed.target = (text.starts_with('/') ? "" : "/") + std::string(text);
  return parsed;
}

std::optional<url> resolve_reference(url const& base, std::string_view reference) {
  // A scheme comes before any of these (RFC 3986, section 3.1).
  auto const colon = reference.find(':');
  if (colon != std::string_view::npos && colon < reference.find_first_of("/?#")) return parse_url(reference);
  if (reference.starts_with("//")) return parse_url((base.is_https ? "https:" : "http:") + std::string(reference));
  if (reference.starts_with('/')) return parse_url(base.origin() + std::string(reference));

  auto path = base.target.substr(0, base.target.find('?'));
  if (reference.starts_with('?')) return parse_url(base.origin() + path + std::string(reference));
  path.erase(path.rfind('/') + 1);
  return parse_url(base.origin() + path + std::string(reference));
}

} // namespace memtorrent::session
