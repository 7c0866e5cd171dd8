#include "session/download_url.hpp"

#include "session/printable.hpp"
#include "session/value_error.hpp"

#include <curl/curl.h>

#include <clocale>
#include <memory>
#include <new>
#include <string_view>

namespace memtorrent::session {

namespace {

using url_handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// libcurl takes a host's name for one in the encoding of the thread's locale. In "C", where a program begins, that is
// ASCII; URLs are UTF-8.
class utf8_locale {
 public:
  utf8_locale() : m_utf8(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    // A system that has none goes on with the thread's.
    if (m_utf8) m_before = uselocale(m_utf8);
  }
  utf8_locale(utf8_locale const&) = delete;
  utf8_locale& operator=(utf8_locale const&) = delete;
  ~utf8_locale() {
    if (!m_utf8) return;
    uselocale(m_before);
    freelocale(m_utf8);
  }

 private:
  locale_t const m_utf8;
  locale_t m_before = nullptr;
};

// What makes a URL one that cannot be fetched; goes on after "it cannot be fetched: ".
struct url_fault {
  std::string why;
};

void check(CURLUcode code) {
  if (code == CURLUE_OK) return;
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code == CURLUE_USER_NOT_ALLOWED) throw url_fault{"it holds a user's name or password"};
  if (code == CURLUE_UNSUPPORTED_SCHEME || code == CURLUE_BAD_SCHEME) {
    throw url_fault{"it is not an http or https URL"};
  }
  throw url_fault{curl_url_strerror(code)};
}

std::string part_of(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  check(curl_url_get(url, which, &text, flags));
  std::unique_ptr<char, decltype(&curl_free)> const owned(text, &curl_free);
  return text;
}

url_handle new_handle() {
  url_handle handle(curl_url(), &curl_url_cleanup);
  if (!handle) throw std::bad_alloc();
  return handle;
}

void set_url(CURLU* url, std::string const& text, unsigned flags) {
  if (text.find('\0') != std::string::npos) throw url_fault{"it holds a control character"};
  check(curl_url_set(url, CURLUPART_URL, text.c_str(), flags | CURLU_DISALLOW_USER));
}

download_url taken_from(CURLU* named) {
  auto const in_ascii = new_handle();
  {
    utf8_locale const names;
    set_url(in_ascii.get(), part_of(named, CURLUPART_URL, CURLU_PUNYCODE), 0);
  }
  auto const scheme = part_of(in_ascii.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") throw url_fault{"it is not an http or https URL"};
  download_url taken;
  taken.is_https = scheme == "https";
  taken.origin = scheme + "://" + part_of(in_ascii.get(), CURLUPART_HOST);
  char* port = nullptr;
  auto const has_port = curl_url_get(in_ascii.get(), CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
  if (has_port != CURLUE_NO_PORT) {
    check(has_port);
    std::unique_ptr<char, decltype(&curl_free)> const owned(port, &curl_free);
    taken.origin += ":" + std::string(port);
    if (port == std::string_view("0")) throw url_fault{"nobody listens on port 0"};
  }
  taken.origin = printable(taken.origin);
  taken.text = part_of(in_ascii.get(), CURLUPART_URL);
  return taken;
}

// What may be shown of a URL that cannot be read: the host, unless a user's name or password might be taken for it.
std::string shown(std::string_view text) {
  auto const scheme_end = text.find("://");
  if (text.find('@') != std::string_view::npos || scheme_end == std::string_view::npos) return "the URL";
  return "'" + printable(text.substr(0, text.find_first_of("/?#", scheme_end + 3))) + "'";
}

} // namespace

download_url read_download_url(std::string const& text) {
  try {
    auto const named = new_handle();
    set_url(named.get(), text, 0);
    // libcurl forgives one slash and three.
    auto const authority = text.find("://");
    if (authority == std::string::npos || text.compare(authority, 4, ":///") == 0) throw url_fault{"it names no host"};
    return taken_from(named.get());
  } catch (url_fault const& fault) {
    throw value_error(shown(text) + " is not a URL that can be fetched: " + fault.why);
  }
}

download_url resolve_redirect(download_url const& base, std::string const& location) {
  try {
    auto const named = new_handle();
    set_url(named.get(), base.text, 0);
    set_url(named.get(), location, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    auto resolved = taken_from(named.get());
    if (base.is_https && !resolved.is_https) throw url_fault{resolved.origin + " is not encrypted"};
    return resolved;
  } catch (url_fault const& fault) {
    throw value_error(base.origin + " redirects to what cannot be fetched: " + fault.why);
  }
}

} // namespace memtorrent::session
