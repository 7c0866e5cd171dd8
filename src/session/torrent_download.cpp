#include "session/torrent_download.hpp"

#include "http/field_syntax.hpp"
#include "session/byte_size.hpp"
#include "session/curl_transfer.hpp"
#include "session/download_url.hpp"
#include "session/printable.hpp"
#include "session/response_head.hpp"
#include "session/value_error.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

namespace memtorrent::session {

namespace {

constexpr int status_ok = 200;

char const* of_environment(char const* name) {
  return std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing of ours changes it while threads run
}

// OpenSSL's own programs know these names; libcurl does not, but the curl command does.
void trust_authorities_of_environment(curl_transfer& transfer) {
  if (auto const* file = of_environment("SSL_CERT_FILE")) transfer.set(CURLOPT_CAINFO, file);
  if (auto const* folder = of_environment("SSL_CERT_DIR")) transfer.set(CURLOPT_CAPATH, folder);
}

} // namespace

class torrent_download::fetch : public std::enable_shared_from_this<fetch> {
 public:
  fetch(boost::asio::io_context& io, download_limits const& limits, std::function<void(downloaded)> handler)
      : m_io(io),
        m_limits(limits),
        m_handler(std::move(handler)),
        m_deadline(io),
        m_transfer(std::make_shared<curl_transfer>(io, limits.silence)) {
    set_options();
  }

  void start(std::string const& url) {
    m_deadline.expires_after(m_limits.duration);
    m_deadline.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      auto const self = weak.lock();
      if (!ec && self && self->m_handler) self->fail("takes longer than a .torrent file may");
    });
    try {
      ask(read_download_url(url));
    } catch (value_error const& error) {
      boost::asio::post(m_io, [weak = weak_from_this(), sentence = std::string(error.what())] {
        auto const self = weak.lock();
        if (self && self->m_handler) self->finish(download_failure{sentence});
      });
    }
  }

  void cancel() {
    m_handler = nullptr;
    m_deadline.cancel();
    m_transfer->stop();
  }

 private:
  // Why one of the callbacks made libcurl give up.
  enum class refusal { none, file_too_large, too_much_received, no_memory };

  void set_options() {
    // Redirects are followed by us, because libcurl would go from https to http when it came from http.
    m_transfer->set(CURLOPT_PROTOCOLS_STR, "http,https");
    // HTTP/2 has frames that no callback hears of.
    m_transfer->set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    m_transfer->set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    m_transfer->set(CURLOPT_USERAGENT, "memtorrent/" MEMTORRENT_VERSION);
    // A redirect mostly leads elsewhere.
    m_transfer->set(CURLOPT_FORBID_REUSE, 1L);
    m_transfer->set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    m_transfer->set(CURLOPT_HEADERFUNCTION, &fetch::on_head);
    m_transfer->set(CURLOPT_HEADERDATA, this);
    m_transfer->set(CURLOPT_WRITEFUNCTION, &fetch::on_body);
    m_transfer->set(CURLOPT_WRITEDATA, this);
    // The only callback that is told of everything received. It cannot end a transfer, as the one after it can.
    m_transfer->set(CURLOPT_VERBOSE, 1L);
    m_transfer->set(CURLOPT_DEBUGFUNCTION, &fetch::on_traffic);
    m_transfer->set(CURLOPT_DEBUGDATA, this);
    m_transfer->set(CURLOPT_NOPROGRESS, 0L);
    m_transfer->set(CURLOPT_XFERINFOFUNCTION, &fetch::on_progress);
    m_transfer->set(CURLOPT_XFERINFODATA, this);
    trust_authorities_of_environment(*m_transfer);
  }

  static std::size_t on_head(char* line, std::size_t one, std::size_t size, void* self) noexcept {
    return static_cast<fetch*>(self)->take_head({line, one * size}) ? one * size : 0;
  }
  static std::size_t on_body(char* part, std::size_t one, std::size_t size, void* self) noexcept {
    return static_cast<fetch*>(self)->take_body({part, one * size}) ? one * size : 0;
  }
  static int on_traffic(CURL* /*easy*/, curl_infotype type, char* /*data*/, std::size_t size, void* self) {
    if (type != CURLINFO_HEADER_IN && type != CURLINFO_DATA_IN && type != CURLINFO_SSL_DATA_IN) return 0;
    auto& to = *static_cast<fetch*>(self);
    to.m_received_bytes += static_cast<std::int64_t>(size);
    if (to.m_received_bytes > to.m_limits.max_received_bytes) to.m_refusal = refusal::too_much_received;
    return 0;
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<fetch*>(self)->m_refusal == refusal::none ? 0 : 1;
  }

  // These two return whether to go on.
  bool take_head(std::string_view line) noexcept {
    try {
      m_head.take(line);
    } catch (std::bad_alloc const&) {
      m_refusal = refusal::no_memory;
    }
    // All is known then; what else is sent, such as a page about an error, is of no interest.
    bool const is_other_answer = m_head.is_complete() && m_head.status() != status_ok;
    return m_refusal == refusal::none && !is_other_answer;
  }

  bool take_body(std::string_view part) noexcept {
    if (static_cast<std::int64_t>(m_bytes.size() + part.size()) > m_limits.max_bytes) {
      m_refusal = refusal::file_too_large;
      return false;
    }
    try {
      m_bytes += part;
    } catch (std::bad_alloc const&) {
      m_refusal = refusal::no_memory;
    }
    return m_refusal == refusal::none;
  }

  void ask(download_url url) {
    m_asked = std::move(url);
    m_head = response_head();
    m_transfer->set(CURLOPT_URL, m_asked.text.c_str());
    // `this` lives as long as the transfer, and is kept by who calls back.
    m_transfer->start([this](CURLcode code) { on_end(code); });
  }

  void on_end(CURLcode code) {
    auto const kept = shared_from_this();
    switch (m_refusal) {
      case refusal::none: break;
      case refusal::file_too_large:
        return fail("sends more than the " + readable_size(m_limits.max_bytes) + " that a .torrent file may have");
      case refusal::too_much_received:
        return fail("sends more than the " + readable_size(m_limits.max_received_bytes) +
                    " that a download may take in all");
      case refusal::no_memory: return fail("sends more than there is memory for");
    }
    if (m_head.is_complete() && m_head.status() != status_ok) return on_other_answer();
    if (code != CURLE_OK) return fail(what_failed(code));
    // libcurl takes the end of a connection for the end of a head.
    if (!m_head.is_complete()) return fail("ended the connection before the answer was complete");
    // We asked for none, and decode none.
    auto const& encoding = m_head.content_encoding();
    if (!encoding.empty() && !http::equal_ignoring_case(encoding, "identity")) {
      return fail("sends the file compressed, which it was not asked for");
    }
    finish(torrent_bytes{std::move(m_bytes), m_asked.origin});
  }

  void on_other_answer() {
    if (!m_head.is_redirect()) return fail("answered " + m_head.status_text());
    if (kind_of_source(m_head.location()) == source_kind::magnet) return finish(magnet_link{m_head.location()});
    if (++m_redirects > max_redirects) return fail("redirects more than " + std::to_string(max_redirects) + " times");
    try {
      ask(resolve_redirect(m_asked, m_head.location()));
    } catch (std::exception const& error) {
      finish(download_failure{error.what()});
    }
  }

  // Goes on after the origin's name.
  [[nodiscard]] std::string what_failed(CURLcode code) const {
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST: return "cannot be found";
      case CURLE_COULDNT_RESOLVE_PROXY: return "cannot be asked: the proxy that the environment names cannot be found";
      case CURLE_COULDNT_CONNECT: return "cannot be reached" + reason_of_system();
      case CURLE_OPERATION_TIMEDOUT: return "does not answer";
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_SSL_CIPHER:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_PEER_FAILED_VERIFICATION: return "cannot be talked to safely: " + m_transfer->reason(code);
      case CURLE_GOT_NOTHING:
      case CURLE_PARTIAL_FILE: return "ended the connection before the answer was complete";
      case CURLE_RECV_ERROR: return "cannot be heard to the end: " + m_transfer->reason(code);
      case CURLE_UNSUPPORTED_PROTOCOL: // is HTTP/0.9, or what seems to be
      case CURLE_WEIRD_SERVER_REPLY:
      case CURLE_BAD_CONTENT_ENCODING: return "sends what cannot be read: " + m_transfer->reason(code);
      default: return "cannot be asked: " + m_transfer->reason(code);
    }
  }

  [[nodiscard]] std::string reason_of_system() const {
    long error = 0;
    if (curl_easy_getinfo(m_transfer->easy(), CURLINFO_OS_ERRNO, &error) != CURLE_OK || error == 0) return {};
    return ": " + std::generic_category().message(static_cast<int>(error));
  }

  void fail(std::string const& what) { finish(download_failure{printable(m_asked.origin + " " + what)}); }

  void finish(downloaded result) {
    // On the stack, because the handler may destroy the download.
    auto const handler = std::exchange(m_handler, nullptr);
    cancel();
    handler(std::move(result));
  }

  boost::asio::io_context& m_io;
  download_limits const m_limits;
  std::function<void(downloaded)> m_handler;
  boost::asio::steady_timer m_deadline;
  download_url m_asked;
  int m_redirects = 0;
  response_head m_head;
  std::string m_bytes;
  std::int64_t m_received_bytes = 0;
  refusal m_refusal = refusal::none;
  std::shared_ptr<curl_transfer> const m_transfer;
};

torrent_download::torrent_download(boost::asio::io_context& io, std::string const& url, download_limits const& limits,
                                   std::function<void(downloaded)> handler)
    : m_fetch(std::make_shared<fetch>(io, limits, std::move(handler))) {
  m_fetch->start(url);
}

torrent_download::~torrent_download() { m_fetch->cancel(); }

} // namespace memtorrent::session
