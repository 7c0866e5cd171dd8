// libcurl on the thread of an io_context: one transfer after the other by one easy handle.
//
//   libcurl names the sockets that it waits for, and a time --> Asio waits --> curl_multi_socket_action --> ... -->
//   done
//
// Nothing here blocks. Names are looked up by a thread of libcurl's own, which is left alone when its transfer ends
// early (CURLOPT_QUICK_EXIT; libcurl would wait for it otherwise). It owns what it works on, and ends by itself.

#pragma once

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace memtorrent::session {

/// One thread: the one that runs the io_context.
class curl_transfer : public std::enable_shared_from_this<curl_transfer> {
 public:
  /// A transfer ends with CURLE_OPERATION_TIMEDOUT when nothing has happened on its sockets for `silence`. Throws
  /// `std::runtime_error` when libcurl cannot be set up.
  curl_transfer(boost::asio::io_context& io, std::chrono::milliseconds silence);
  curl_transfer(curl_transfer const&) = delete;
  curl_transfer& operator=(curl_transfer const&) = delete;
  ~curl_transfer();

  /// An option of the easy handle. Throws `std::runtime_error` when this libcurl does not know it.
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(m_easy.get(), option, value));
  }

  /// For asking about the transfer.
  [[nodiscard]] CURL* easy() const { return m_easy.get(); }

  /// What libcurl says of how the last one failed. It names hosts, proxies and certificates at most.
  [[nodiscard]] std::string reason(CURLcode code) const;

  /// Begins what the options say. `done` is called once, from `io`, and not from within a function of libcurl, unless
  /// `stop` comes first; it may start the next transfer or let go of this. REQUIRES: nothing is under way.
  void start(std::function<void(CURLcode)> done);

  /// Ends what is under way, if anything, without a call of its `done`. Not from within a callback of libcurl's.
  void stop();

 private:
  struct watched_socket;
  struct easy_deleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct multi_deleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  static int on_socket(CURL* easy, curl_socket_t descriptor, int wanted, void* self, void* watched) noexcept;
  static int on_timer(CURLM* multi, long timeout_ms, void* self) noexcept;
  static void check(CURLcode code);
  static void check(CURLMcode code);

  void watch(curl_socket_t descriptor, int wanted);
  void wait(std::shared_ptr<watched_socket> const& socket, int direction);
  void on_ready(std::shared_ptr<watched_socket> const& socket, int direction, boost::system::error_code ec);
  void drive_in(long timeout_ms);
  void drive(curl_socket_t descriptor, int events);
  void expect_life();
  void end(CURLcode code);

  boost::asio::io_context& m_io;
  std::chrono::milliseconds const m_silence_limit;
  boost::asio::steady_timer m_timeout;
  boost::asio::steady_timer m_silence;
  std::map<curl_socket_t, std::shared_ptr<watched_socket>> m_sockets;
  std::function<void(CURLcode)> m_done;
  std::array<char, CURL_ERROR_SIZE> m_error{};
  // The last ones, so that they go first: libcurl calls back while it cleans up.
  std::unique_ptr<CURLM, multi_deleter> m_multi;
  std::unique_ptr<CURL, easy_deleter> m_easy;
};

} // namespace memtorrent::session
