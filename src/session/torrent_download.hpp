// Fetches a .torrent by its URL, following redirects. libcurl does it; what is ours is limits, and what may be
// followed.
//
// As every program on libcurl: proxies are those of the environment (http_proxy, https_proxy, all_proxy, no_proxy).
// An https server is verified against the system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR.

#pragma once

#include "session/torrent_source.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace memtorrent::session {

struct download_limits {
  /// Of the file.
  std::int64_t max_bytes = max_torrent_file_bytes;
  /// Of all that is received, over all redirects: fields, the framing of chunks, what TLS needs.
  std::int64_t max_received_bytes = max_torrent_file_bytes + std::int64_t{1024} * 1024;
  /// How long the other side may say nothing before it counts as gone. Looking up its name counts too.
  std::chrono::milliseconds silence{20'000};
  /// For everything. The largest file comes in time at 56 KiB/s, a common one of 100 KiB at a modem's speed.
  std::chrono::milliseconds duration{300'000};
};

/// The bytes of a .torrent file, not looked at yet.
struct torrent_bytes {
  std::string bytes;
  /// Who sent them, for messages: "https://example.org".
  std::string origin;
};

/// Where some indexers redirect to instead of sending a file.
struct magnet_link {
  std::string uri;
};

/// A sentence for the user. It names origins, never a path or a query, which may hold the key of a private tracker.
struct download_failure {
  std::string sentence;
};

using downloaded = std::variant<torrent_bytes, magnet_link, download_failure>;

/// One thread: the one that runs the io_context. Destroying it ends the download without calling the handler.
class torrent_download {
 public:
  static constexpr int max_redirects = 5;

  /// `handler` is called once, from `io`, also if `url` is none; it may destroy the download. Throws
  /// `std::runtime_error` when libcurl cannot be set up.
  torrent_download(boost::asio::io_context& io, std::string const& url, download_limits const& limits,
                   std::function<void(downloaded)> handler);
  torrent_download(torrent_download const&) = delete;
  torrent_download& operator=(torrent_download const&) = delete;
  ~torrent_download();

 private:
  class fetch;
  std::shared_ptr<fetch> m_fetch;
};

} // namespace memtorrent::session
