// One GET over HTTP/1.1 or HTTPS, and its answer in memory.

#pragma once

#include "session/url.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace memtorrent::session {

struct http_get_limits {
  /// Of the answer's body.
  std::int64_t max_bytes = std::int64_t{16} * 1024 * 1024;
  /// How long the other side may say nothing before it counts as gone. Looking up its name counts too.
  std::chrono::milliseconds silence{20'000};
};

/// What came of it.
struct http_answer {
  /// Empty if an answer came, else a sentence for the user that names the origin and what went wrong there.
  std::string failure;
  int status = 0;
  std::string reason;
  /// The field of that name, for redirects.
  std::string location;
  std::string body;
};

/// A request under way. Destroy or cancel it on the thread that runs the io_context.
class http_get {
 public:
  http_get() = default;
  http_get(http_get const&) = delete;
  http_get& operator=(http_get const&) = delete;
  virtual ~http_get() = default;

  /// Ends it without calling the handler. (A name that is being looked up keeps the io_context busy until it is done.)
  virtual void cancel() = 0;

  /// Sends a request for `asked`. `handler` is called once, from `io`, unless it is cancelled. The certificate of an
  /// https server is verified against the system's authorities (OpenSSL's default paths).
  static std::shared_ptr<http_get> start(boost::asio::io_context& io, url const& asked, http_get_limits const& limits,
                                         std::function<void(http_answer)> handler);
};

} // namespace memtorrent::session
