// Fetches a .torrent by its URL, following redirects.

#pragma once

#include "session/http_get.hpp"
#include "session/url.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace memtorrent::session {

/// The bytes of a .torrent file, not looked at yet.
struct torrent_bytes {
  std::string bytes;
};

/// Where some indexers redirect to instead of sending a file.
struct magnet_link {
  std::string uri;
};

/// A sentence for the user.
struct download_failure {
  std::string sentence;
};

using downloaded = std::variant<torrent_bytes, magnet_link, download_failure>;

/// One thread: the one that runs the io_context. Destroying it ends the download without calling the handler.
class torrent_download {
 public:
  static constexpr int max_redirects = 5;

  /// `handler` is called once, from `io`; it may destroy the download.
  torrent_download(boost::asio::io_context& io, url const& from, http_get_limits const& limits,
                   std::function<void(downloaded)> handler);
  torrent_download(torrent_download const&) = delete;
  torrent_download& operator=(torrent_download const&) = delete;
  ~torrent_download();

 private:
  void ask(url const& from);
  void on_answer(url const& from, http_answer answer);
  void follow(url const& from, http_answer const& answer);
  void finish(downloaded result);

  boost::asio::io_context& m_io;
  http_get_limits const m_limits;
  std::function<void(downloaded)> m_handler;
  std::shared_ptr<http_get> m_request;
  int m_redirects = 0;
};

} // namespace memtorrent::session
