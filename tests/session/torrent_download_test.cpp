#include "session/torrent_download.hpp"

#include "support/film.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

namespace memtorrent::session {
namespace {

using test::http_answer_text;
using test::scripted_server;

download_limits short_limits() {
  download_limits limits;
  limits.max_bytes = 1000;
  return limits;
}

// What libcurl reads of proxies is this, as long as it lives, whatever the environment of the tests is.
class proxies {
 public:
  explicit proxies(std::string const& http = {}, std::string const& https = {}, std::string const& none = {}) {
    for (auto const* name : names) unsetenv(name);
    if (!http.empty()) setenv("http_proxy", http.c_str(), 1);
    if (!https.empty()) setenv("https_proxy", https.c_str(), 1);
    if (!none.empty()) setenv("no_proxy", none.c_str(), 1);
  }
  proxies(proxies const&) = delete;
  proxies& operator=(proxies const&) = delete;
  ~proxies() {
    for (auto const* name : names) unsetenv(name);
  }

 private:
  static constexpr std::array<char const*, 7> names{"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                                    "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
};

downloaded fetch(std::string const& from, download_limits const& limits = short_limits(),
                 proxies const& /*around*/ = proxies()) {
  boost::asio::io_context io;
  std::optional<downloaded> result;
  torrent_download const download(io, from, limits, [&](downloaded const& got) { result = got; });
  EXPECT_FALSE(result);
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
  auto const result = fetch(server.url("/a?b=c#d"));
  ASSERT_EQ(bytes_of(result), "torrent") << failure_of(result);
  EXPECT_EQ(std::get<torrent_bytes>(result).origin, server.url(""));
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

TEST(TorrentDownload, LimitsAllThatIsReceivedOverAllRedirects) {
  scripted_server const server([](auto const&) {
    return http_answer_text("302 Found", "", "Location: /again\r\nX-Padding: " + std::string(1000, 'x') + "\r\n");
  });
  auto limits = short_limits();
  limits.max_received_bytes = 3000;
  auto const failure = failure_of(fetch(server.url(), limits));
  EXPECT_TRUE(holds(failure, "more than the 2.9 KiB that a download may take in all")) << failure;
  EXPECT_EQ(server.requests(), 3);
}

// Each of them has a body within its limit.
TEST(TorrentDownload, LimitsWhatIsSentBesideTheBody) {
  std::string interim, fields, chunks;
  for (int i = 0; i < 100; ++i) {
    interim += "HTTP/1.1 103 Early Hints\r\nX-Padding: 0123456789\r\n\r\n";
    fields += "X-Padding: 0123456789012345678901234567890123456789\r\n";
    chunks += "1;padding=0123456789012345678901234567890123456789\r\nx\r\n";
  }
  for (auto const& answer :
       {interim + http_answer_text("200 OK", "torrent"), http_answer_text("200 OK", "torrent", fields),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + fields + "\r\n"}) {
    scripted_server const server([&](auto const&) { return answer; });
    auto limits = short_limits();
    limits.max_received_bytes = 3000;
    auto const failure = failure_of(fetch(server.url(), limits));
    EXPECT_TRUE(holds(failure, "more than the 2.9 KiB that a download may take in all")) << answer << failure;
    limits.max_received_bytes = 30'000;
    EXPECT_EQ(failure_of(fetch(server.url(), limits)), "no failure") << answer;
  }
}

TEST(TorrentDownload, ReadsNoMoreOfARefusalThanItsHead) {
  scripted_server const server([](auto const&) { return http_answer_text("404 Not Found", std::string(50'000, 'x')); });
  EXPECT_TRUE(holds(failure_of(fetch(server.url())), " answered 404 Not Found"));
}

TEST(TorrentDownload, RefusesACompressedFile) {
  std::string asked;
  scripted_server const server([&](std::string const& request) {
    asked = request;
    return http_answer_text("200 OK", "torrent", "Content-Encoding: gzip\r\n");
  });
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, "sends the file compressed")) << failure;
  EXPECT_FALSE(holds(asked, "Accept-Encoding")) << asked;
}

// 2000 bytes of 'x', as gzip writes them. libcurl decodes what is compressed on the way (Transfer-Encoding) without
// being asked to.
TEST(TorrentDownload, LimitsWhatIsCompressedOnTheWayByItsFullSize) {
  std::array<unsigned char, 35> const gzip{0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0xa8,
                                           0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1,
                                           0x50, 0x07, 0x00, 0x7a, 0x65, 0x08, 0x29, 0xd0, 0x07, 0x00, 0x00};
  std::string const compressed(gzip.begin(), gzip.end());
  scripted_server const server([&](auto const&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n" + compressed;
  });
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, "more than the 1000 bytes")) << failure;
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

TEST(TorrentDownload, LimitsTheTimeOfEverything) {
  scripted_server const server([](auto const&) { return std::string(); });
  auto limits = short_limits();
  limits.duration = std::chrono::milliseconds(50);
  auto const failure = failure_of(fetch(server.url(), limits));
  EXPECT_TRUE(holds(failure, "takes longer than")) << failure;
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
  download.emplace(io, server.url(), short_limits(), [](downloaded const&) { FAIL(); });
  io.poll();
  download.reset();
  io.run();
}

TEST(TorrentDownload, MayBeDestroyedByItsHandler) {
  scripted_server const server([](auto const&) { return http_answer_text("200 OK", "torrent"); });
  for (auto const& from : {server.url(), std::string("no URL")}) {
    proxies const none;
    boost::asio::io_context io;
    std::optional<torrent_download> download;
    int calls = 0;
    download.emplace(io, from, short_limits(), [&](downloaded const&) {
      ++calls;
      download.reset();
    });
    io.run();
    EXPECT_EQ(calls, 1) << from;
  }
}

TEST(TorrentDownload, LetsAnExceptionOfItsHandlerOut) {
  scripted_server const server([](auto const&) { return http_answer_text("200 OK", "torrent"); });
  proxies const none;
  boost::asio::io_context io;
  torrent_download const download(io, server.url(), short_limits(),
                                  [](downloaded const&) { throw std::runtime_error("no torrent"); });
  EXPECT_THROW(io.run(), std::runtime_error);
  io.run();
}

TEST(TorrentDownload, ShowsNoPathAndNoPassword) {
  scripted_server const refusing([](auto const&) { return http_answer_text("403 Forbidden", "secret"); });
  scripted_server const cut([](auto const&) { return "HTTP/1.1 200 OK\r\nContent-Le"; });
  scripted_server const leading([](auto const&) {
    return http_answer_text("302 Found", "", "Location: http://user:secret@127.0.0.1/secret?secret\r\n");
  });
  auto with_password = refusing.url("/secret");
  with_password.replace(0, 7, "http://user:secret@");
  for (auto const& from : {refusing.url("/secret?secret"), cut.url("/secret?secret"), leading.url("/secret?secret"),
                           with_password, std::string("http://127.0.0.1:0/secret?secret")}) {
    auto const failure = failure_of(fetch(from));
    EXPECT_NE(failure, "no failure");
    EXPECT_FALSE(holds(failure, "secret")) << failure;
  }
  EXPECT_EQ(refusing.requests(), 1);
}

TEST(TorrentDownload, SaysThatAUrlIsNone) {
  EXPECT_EQ(failure_of(fetch("http:///x")), "'http://' is not a URL that can be fetched: it names no host");
}

TEST(TorrentDownload, ShowsTextOfTheServerOnOneLineWithoutControlCharacters) {
  scripted_server const server([](auto const&) { return http_answer_text("404 No\x1b[2J", ""); });
  EXPECT_EQ(failure_of(fetch(server.url())), server.url("") + " answered 404 No?[2J");
}

TEST(TorrentDownload, AsksTheProxyOfTheEnvironment) {
  std::string asked;
  scripted_server const proxy([&](std::string const& request) {
    asked = request;
    return http_answer_text("200 OK", "torrent");
  });
  auto const result = fetch("http://b\u00fccher.invalid/x", short_limits(), proxies(proxy.url()));
  EXPECT_EQ(bytes_of(result), "torrent") << failure_of(result);
  EXPECT_TRUE(holds(asked, "GET http://xn--bcher-kva.invalid/x HTTP/1.1\r\n")) << asked;
  EXPECT_EQ(bytes_of(fetch("http://[::1]:81/x", short_limits(), proxies(proxy.url()))), "torrent");
  EXPECT_TRUE(holds(asked, "GET http://[::1]:81/x HTTP/1.1\r\n")) << asked;
}

TEST(TorrentDownload, AsksNoProxyForHostsThatTheEnvironmentExcepts) {
  scripted_server const proxy([](auto const&) { return http_answer_text("200 OK", "proxy"); });
  scripted_server const server([](auto const&) { return http_answer_text("200 OK", "torrent"); });
  EXPECT_EQ(bytes_of(fetch(server.url(), short_limits(), proxies(proxy.url(), {}, "127.0.0.1"))), "torrent");
  EXPECT_EQ(bytes_of(fetch(server.url(), short_limits(), proxies(proxy.url()))), "proxy");
}

TEST(TorrentDownload, SaysThatAProxyRefuses) {
  std::string asked;
  scripted_server const proxy([&](std::string const& request) {
    asked = request;
    return http_answer_text("403 Forbidden", "");
  });
  auto const failure = failure_of(fetch("https://host.invalid/secret", short_limits(), proxies({}, proxy.url())));
  EXPECT_TRUE(holds(failure, "https://host.invalid cannot be heard to the end: ")) << failure;
  EXPECT_TRUE(holds(failure, "403")) << failure;
  EXPECT_TRUE(holds(asked, "CONNECT host.invalid:443 HTTP/1.1\r\n")) << asked;
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
  EXPECT_TRUE(holds(failure, "cannot be talked to safely: ")) << failure;
  EXPECT_TRUE(holds(failure, "self-signed certificate")) << failure;
  EXPECT_EQ(server.requests(), 0);
}

TEST(TorrentDownload, RefusesAServerWhoseCertificateIsForAnother) {
  auto const proof = test::certificate::make("127.0.0.2");
  trust const trusted(proof);
  scripted_server const server(torrent_answer, proof);
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, "no alternative certificate subject name matches")) << failure;
  EXPECT_EQ(server.requests(), 0);
}

TEST(TorrentDownload, DoesNotLeaveEncryptionForARedirect) {
  auto const proof = test::certificate::make();
  trust const trusted(proof);
  scripted_server const plain(torrent_answer);
  scripted_server const server(
      [&](auto const&) { return http_answer_text("302 Found", "", "Location: " + plain.url() + "\r\n"); }, proof);
  auto const failure = failure_of(fetch(server.url()));
  EXPECT_TRUE(holds(failure, plain.url("") + " is not encrypted")) << failure;
  EXPECT_EQ(plain.requests(), 0);
}

} // namespace
} // namespace memtorrent::session
