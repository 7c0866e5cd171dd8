// How connections are kept, shared by several requests, limited and ended.

#include "support/running_server.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace memtorrent::test {
namespace {

using namespace std::chrono_literals;

std::string const first_bytes = "Range: bytes=0-99\r\n";

class ServerConnection : public testing::Test {
 protected:
  scripted_film m_film{1'000'000};
};

TEST_F(ServerConnection, IsKeptForTheNextRequest) {
  running_server const server(m_film);
  auto client = server.connect();

  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.get(film_path, first_bytes).body, m_film.bytes(0, 100));
}

TEST_F(ServerConnection, AnswersPipelinedRequestsInOrder) {
  running_server const server(m_film);
  auto client = server.connect();

  client.send(request_text("GET", film_path) + request_text("HEAD", film_path) +
              request_text("GET", film_path, "Range: bytes=7-8\r\n") + request_text("GET", "/nothing"));

  EXPECT_TRUE(client.read_reply().body == m_film.bytes(0, m_film.size_bytes()));
  EXPECT_EQ(client.read_reply(true).status, 200);
  EXPECT_EQ(client.read_reply().body, m_film.bytes(7, 2));
  EXPECT_EQ(client.read_reply().status, 404);
}

TEST_F(ServerConnection, TakesARequestThatComesByteByByte) {
  running_server const server(m_film);
  auto client = server.connect();

  auto const text = request_text("GET", film_path, first_bytes);
  for (auto const c : text) client.send({&c, 1});

  EXPECT_EQ(client.read_reply().body, m_film.bytes(0, 100));
}

TEST_F(ServerConnection, ForgivesEmptyLinesBeforeARequest) {
  running_server const server(m_film);
  auto client = server.connect();

  client.send("\r\n\r\n");
  EXPECT_EQ(client.get(film_path, first_bytes).status, 206);
}

TEST_F(ServerConnection, EndsWhenTheClientSaysClose) {
  running_server const server(m_film);
  auto client = server.connect();

  auto const reply = client.get(film_path, "Connection: close\r\n");

  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_TRUE(reply.is_complete);
  EXPECT_TRUE(client.sees_the_end());
}

TEST_F(ServerConnection, EndsAfterAnHttp10Request) {
  running_server const server(m_film);
  auto client = server.connect();

  client.send("GET " + film_path + " HTTP/1.0\r\n\r\n");

  EXPECT_TRUE(client.read_reply().is_complete);
  EXPECT_TRUE(client.sees_the_end());
}

TEST_F(ServerConnection, IsKeptForHttp10WhenAskedFor) {
  running_server const server(m_film);
  auto client = server.connect();
  auto const text = "GET " + film_path + " HTTP/1.0\r\nConnection: Keep-Alive\r\nRange: bytes=0-1\r\n\r\n";

  client.send(text);
  EXPECT_EQ(client.read_reply().field("Connection"), "keep-alive");
  client.send(text);
  EXPECT_EQ(client.read_reply().status, 206);
}

TEST_F(ServerConnection, RefusesAMalformedRequest) {
  running_server const server(m_film);
  for (auto const* text : {"what?\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"}) {
    auto client = server.connect();
    client.send(text);
    EXPECT_EQ(client.read_reply().status, 400) << text;
    EXPECT_TRUE(client.sees_the_end()) << text;
  }
}

TEST_F(ServerConnection, RefusesAnotherVersion) {
  running_server const server(m_film);
  auto client = server.connect();

  client.send("GET / HTTP/2.0\r\nHost: a\r\n\r\n");

  EXPECT_EQ(client.read_reply().status, 505);
}

TEST_F(ServerConnection, RefusesABody) {
  running_server const server(m_film);
  for (auto const* fields : {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
    for (auto const* method : {"GET", "HEAD"}) {
      auto client = server.connect();
      client.send(request_text(method, film_path, fields) + "12345");
      EXPECT_EQ(client.read_reply(std::string_view(method) == "HEAD").status, 413) << method << ' ' << fields;
      EXPECT_TRUE(client.sees_the_end());
    }
  }
  EXPECT_EQ(m_film.opened.count(), 0);
}

TEST_F(ServerConnection, TakesABodyOfNoBytes) {
  running_server const server(m_film);

  EXPECT_EQ(server.connect().get(film_path, "Content-Length: 0\r\n").status, 200);
}

TEST_F(ServerConnection, DoesNotTakeARefusedBodyForARequest) {
  running_server const server(m_film, {.linger_timeout = patience});
  auto client = server.connect();
  auto const smuggled = request_text("GET", film_path);

  client.send(request_text("POST", film_path, "Content-Length: " + std::to_string(smuggled.size()) + "\r\n") +
              smuggled);

  EXPECT_EQ(client.read_reply().status, 405);
  EXPECT_TRUE(client.sees_the_end());
  EXPECT_EQ(m_film.opened.count(), 0);
}

TEST_F(ServerConnection, RefusesALongHeader) {
  running_server const server(m_film);
  auto client = server.connect();

  client.send(request_text("GET", film_path, "X: " + std::string(9000, 'x') + "\r\n"));

  EXPECT_EQ(client.read_reply().status, 431);
}

TEST_F(ServerConnection, RefusesALongHeaderThatComesLineByLine) {
  // Driven by hand, so that the server sees each line alone.
  boost::asio::io_context io;
  http::server const server(io, {boost::asio::ip::address_v4::loopback(), 0}, lookup_of(m_film));
  http_client client(server.local_endpoint().port());
  io.run_one();

  client.send("GET " + film_path + " HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < 200; ++i) {
    io.run_one();
    client.send("X-" + std::to_string(i) + ": " + std::string(40, 'x') + "\r\n");
  }
  client.send("\r\n");
  while (io.poll() > 0) continue;

  EXPECT_EQ(client.read_reply().status, 431);
}

TEST_F(ServerConnection, TakesAHeaderOfNearlyTheLimit) {
  running_server const server(m_film);

  EXPECT_EQ(server.connect().get(film_path, "X: " + std::string(7900, 'x') + "\r\n").status, 200);
}

TEST_F(ServerConnection, EndsWhenNoRequestComesInTime) {
  running_server server(m_film, {.request_timeout = 50ms}, running_server::begins::when_told);
  auto silent = server.connect();
  auto halfway = server.connect();
  halfway.send("GET / HT");
  auto idle = server.connect();
  idle.send(request_text("GET", film_path));
  server.begin();
  EXPECT_EQ(idle.read_reply().status, 200);

  EXPECT_TRUE(silent.sees_the_end());
  EXPECT_TRUE(halfway.sees_the_end());
  EXPECT_TRUE(idle.sees_the_end());
}

TEST_F(ServerConnection, HasNoTimeLimitWhileABodyIsSent) {
  scripted_film waiting(1'000'000, reader_manner::waits_forever);
  running_server server(waiting, {.request_timeout = 50ms}, running_server::begins::when_told);
  auto paused = server.connect();
  paused.send(request_text("GET", film_path));
  server.begin();
  EXPECT_EQ(paused.read_reply(true).status, 200);
  ASSERT_TRUE(waiting.reads.reaches(1));

  // Its limit started later, so the other's would be over by then.
  EXPECT_TRUE(server.connect().sees_the_end());

  EXPECT_EQ(waiting.destroyed.count(), 0);
}

TEST_F(ServerConnection, LetsTheClientReadTheLastReplyWhateverItStillSends) {
  running_server const server(m_film, {.linger_timeout = patience});
  auto client = server.connect();

  EXPECT_TRUE(client.get(film_path, "Connection: close\r\n").is_complete);
  EXPECT_TRUE(client.sees_the_end());
  client.send(request_text("GET", film_path));

  EXPECT_FALSE(client.sees_a_reset());
}

TEST_F(ServerConnection, EndsThoughTheClientDoesNot) {
  running_server const server(m_film, {.linger_timeout = 50ms});
  auto client = server.connect();
  EXPECT_TRUE(client.get(film_path, "Connection: close\r\n").is_complete);

  auto const limit = std::chrono::steady_clock::now() + patience;
  auto const send_in_vain = [&] {
    while (std::chrono::steady_clock::now() < limit) client.send("x");
  };

  EXPECT_THROW(send_in_vain(), std::system_error);
}

TEST_F(ServerConnection, IsRefusedBeyondTheLimit) {
  running_server const server(m_film, {.max_connections = 2});
  auto first = server.connect();
  auto second = server.connect();
  EXPECT_EQ(first.get(film_path, first_bytes).status, 206);
  EXPECT_EQ(second.get(film_path, first_bytes).status, 206);

  auto third = server.connect();
  auto const refusal = third.get(film_path, first_bytes);

  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.field("Connection"), "close");
  EXPECT_TRUE(third.sees_the_end());
  EXPECT_EQ(first.get(film_path, first_bytes).status, 206);
}

TEST_F(ServerConnection, IsClosedWithoutAWordFarBeyondTheLimit) {
  running_server const server(m_film, {.max_connections = 0});
  std::vector<http_client> refused;
  for (int i = 0; i < 32; ++i) refused.push_back(server.connect());

  EXPECT_TRUE(server.connect().sees_the_end());
  EXPECT_EQ(refused.front().get(film_path).status, 503);
}

TEST_F(ServerConnection, IsEndedWhenRequestsPileUpBehindABody) {
  scripted_film waiting(1'000'000, reader_manner::waits_forever);
  running_server const server(waiting);
  auto client = server.connect();
  client.send(request_text("GET", film_path));
  EXPECT_EQ(client.read_reply(true).status, 200);

  try {
    for (int i = 0; i < 2000; ++i) client.send(request_text("GET", film_path));
  } catch (std::system_error const& reset) {
    EXPECT_TRUE(reset.code() == std::errc::broken_pipe || reset.code() == std::errc::connection_reset);
  }

  EXPECT_TRUE(waiting.destroyed.reaches(1));
  EXPECT_TRUE(client.sees_the_end());
}

} // namespace
} // namespace memtorrent::test
