#include "session/torrent_download.hpp"

#include "support/film.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace memtorrent::session {
namespace {

using test::http_answer_text;
using test::scripted_server;

http_get_limits short_limits() {
  http_get_limits limits;
  limits.max_bytes = 1000;
  return limits;
}

downloaded fetch(std::string const& from, http_get_limits const& limits = short_limits()) {
  boost::asio::io_context io;
  std::optional<downloaded> result;
  torrent_download const download(io, *parse_url(from), limits, [&](downloaded const& got) { result = got; });
  io.run();
  return result.value();
}

std::string bytes_of(downloaded const& result) {
  auto const* bytes = std::get_if<torrent_bytes>(&result);
  return bytes ? bytes->bytes : "no bytes";
}

std::string failure_of(downloaded const& result) {
  auto const* failure = std::get_if<download_failure>(&result);
  return failure ? failure->sentence : "no failure";
}

bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST(TorrentDownload, GetsTheBytes) {
  std::string asked;
  scripted_server const server([&](std::string const& request) {
    asked = request;
    return http_answer_text("200 OK", "torrent");
  });
  EXPECT_EQ(bytes_of(fetch(server.url("/a?b=c#d"))), "torrent");
  EXPECT_TRUE(holds(asked, "GET /a?b=c HTTP/1.1\r\n")) << asked;
  EXPECT_TRUE(holds(asked, "Host: 127.0.0.1:")) << asked;
}

TEST(TorrentDownload, TakesChunksAndBodiesThatEndWithTheConnection) {
  scripted_server const chunks([](auto const&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntor\r\n4\r\nrent\r\n0\r\n\r\n";
  });
  EXPECT_EQ(bytes_of(fetch(chunks.url())), "torrent");
  scripted_server const old([](auto const&) { return "HTTP/1.0 200 OK\r\n\r\ntorrent"; });
  EXPECT_EQ(bytes_of(fetch(old.url())), "torrent");
}

TEST(TorrentDownload, FollowsRedirects) {
  scripted_server const server([](std::string const& request) {
    if (holds(request, "GET /start ")) return http_answer_text("302 Found", "", "Location: next\r\n");
    if (holds(request, "GET /next ")) return http_answer_text("308 Permanent Redirect", "", "Location: /end?x\r\n");
    return holds(request, "GET /end?x ") ? http_answer_text("200 OK", "torrent")
                                         : http_answer_text("404 Not Found", "");
  });
  EXPECT_EQ(bytes_of(fetch(server.url("/start"))), "torrent");
}

TEST(TorrentDownload, FollowsARedirectToAMagnetLink) {
  scripted_server const server(
      [](auto const&) { return http_answer_text("302 Found", "", "Location: magnet:?xt=urn:btih:00\r\n"); });
  auto const result = fetch(server.url());
  ASSERT_TRUE(std::holds_alternative<magnet_link>(result)) << failure_of(result);
  EXPECT_EQ(std::get<magnet_link>(result).uri, "magnet:?xt=urn:btih:00");
}

TEST(TorrentDownload, GivesUpOnARedirectThatGoesInCircles) {
  scripted_server const server([](auto const&) { return http_answer_text("302 Found", "", "Location: /again\r\n"); });
  auto const failure = failure_of(fetch(server.url("/again")));
  EXPECT_TRUE(holds(failure, "redirects more than 5 times")) << failure;
  EXPECT_EQ(server.requests(), 6);
}

TEST(TorrentDownload, FollowsNoRedirectToSomethingElse) {
  scripted_server const server(
      [](auto const&) { return http_answer_text("302 Found", "", "Location: file:///etc/passwd\r\n"); });
  EXPECT_TRUE(holds(failure_of(fetch(server.url())), "not an http or https URL"));
}

TEST(TorrentDownload, TellsTheStatusButNotThePath) {
  scripted_server const server([](auto const&) { return http_answer_text("404 Not Found", "no"); });
  EXPECT_EQ(failure_of(fetch(server.url("/secret"))), server.url("") + " answered 404 Not Found");
}

TEST(TorrentDownload, RefusesMoreThanTheLimit) {
  for (auto const* length : {"Content-Length: 1001\r\n", "", "Transfer-Encoding: chunked\r\n"}) {
    scripted_server const server([&](auto const&) {
      std::string const body =
          holds(length, "chunked") ? "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n" : std::string(1001, 'x');
      return "HTTP/1.1 200 OK\r\n" + std::string(length) + "\r\n" + body;
    });
    auto const failure = failure_of(fetch(server.url()));
    EXPECT_TRUE(holds(failure, "more than the 1000 bytes")) << length << failure;
  }
}

TEST(TorrentDownload, NoticesAnAnswerThatIsCutShort) {
  for (auto const* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "HTTP/1.1 200 OK\r\nConte",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ntor"}) {
    scripted_server const server([&](auto const&) { return answer; });
    auto const failure = failure_of(fetch(server.url()));
    EXPECT_TRUE(holds(failure, "before the answer was complete")) << answer << failure;
  }
}

TEST(TorrentDownload, NoticesWhatIsNoHttp) {
  scripted_server const server([](auto const&) { return "SSH-2.0-OpenSSH_9.2\r\n"; });
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, "sends what cannot be read")) << failure;
}

TEST(TorrentDownload, DoesNotWaitForEver) {
  scripted_server const server([](auto const&) { return std::string(); });
  auto limits = short_limits();
  limits.silence = std::chrono::milliseconds(50);
  auto const failure = failure_of(fetch(server.url(), limits));
  EXPECT_TRUE(holds(failure, "does not answer")) << failure;
}

TEST(TorrentDownload, SaysWhenNobodyIsThere) {
  std::string nowhere;
  {
    scripted_server const server([](auto const&) { return std::string(); });
    nowhere = server.url();
  }
  auto const failure = failure_of(fetch(nowhere));
  EXPECT_TRUE(holds(failure, "cannot be reached: Connection refused")) << failure;
}

TEST(TorrentDownload, IsSilentOnceDestroyed) {
  scripted_server const server([](auto const&) { return std::string(); });
  boost::asio::io_context io;
  std::optional<torrent_download> download;
  download.emplace(io, *parse_url(server.url()), short_limits(), [](downloaded const&) { FAIL(); });
  io.poll();
  download.reset();
  io.run();
}

// Points OpenSSL's default paths to one authority, as long as it lives.
class trust {
 public:
  explicit trust(test::certificate const& authority) : m_folder({}) {
    auto const path = m_folder.folder() / "authority.pem";
    std::ofstream(path) << authority.pem;
    setenv("SSL_CERT_FILE", path.c_str(), 1);
  }
  trust(trust const&) = delete;
  trust& operator=(trust const&) = delete;
  ~trust() { unsetenv("SSL_CERT_FILE"); }

 private:
  test::film m_folder;
};

std::string torrent_answer(std::string const&) { return http_answer_text("200 OK", "torrent"); }

TEST(TorrentDownload, TakesAServerWhoseCertificateIsTrusted) {
  auto const proof = test::certificate::make();
  trust const trusted(proof);
  scripted_server const server(torrent_answer, proof);
  auto const result = fetch(server.url());
  EXPECT_EQ(bytes_of(result), "torrent") << failure_of(result);
}

TEST(TorrentDownload, RefusesAServerWhoseCertificateIsNot) {
  scripted_server const server(torrent_answer, test::certificate::make());
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, "not to be trusted: self-signed certificate")) << failure;
  EXPECT_EQ(server.requests(), 0);
}

TEST(TorrentDownload, RefusesAServerWhoseCertificateIsForAnother) {
  auto const proof = test::certificate::make();
  trust const trusted(proof);
  scripted_server const server(torrent_answer, proof);
  // The same address, but a host of another name to who compares it with a certificate. (Not "localhost": a minimal
  // system without /etc/hosts does not know that.)
  auto by_name = server.url();
  by_name.replace(by_name.find("127.0.0.1"), 9, "127.1");
  auto const failure = failure_of(fetch(by_name));
  EXPECT_TRUE(holds(failure, "not to be trusted: hostname mismatch")) << failure;
  EXPECT_EQ(server.requests(), 0);
}

TEST(TorrentDownload, DoesNotLeaveEncryptionForARedirect) {
  auto const proof = test::certificate::make();
  trust const trusted(proof);
  scripted_server const plain(torrent_answer);
  scripted_server const server(
      [&](auto const&) { return http_answer_text("302 Found", "", "Location: " + plain.url() + "\r\n"); }, proof);
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, "which is not encrypted")) << failure;
  EXPECT_EQ(plain.requests(), 0);
}

} // namespace
} // namespace memtorrent::session
