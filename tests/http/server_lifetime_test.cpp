// When readers are let go, and how a server starts and stops.

#include "support/running_server.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <memory>
#include <optional>

namespace memtorrent::test {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t endless = std::int64_t{1} << 40;

asio::ip::tcp::endpoint any_port() { return {asio::ip::address_v4::loopback(), 0}; }

TEST(ServerReader, IsFreedWhenTheClientGoesAwayWhileWaiting) {
  scripted_film film(endless, reader_manner::waits_forever);
  running_server const server(film);
  auto client = server.connect();
  client.send(request_text("GET", film_path));
  ASSERT_TRUE(film.reads.reaches(1));

  client.close();

  EXPECT_TRUE(film.destroyed.reaches(1));
}

TEST(ServerReader, IsFreedWhenTheClientIsKilledWhileWaiting) {
  scripted_film film(endless, reader_manner::waits_forever);
  running_server const server(film);
  auto client = server.connect();
  client.send(request_text("GET", film_path));
  ASSERT_TRUE(film.reads.reaches(1));

  client.reset();

  EXPECT_TRUE(film.destroyed.reaches(1));
}

TEST(ServerReader, IsFreedWhenTheClientGoesAwayBehindAPipelinedRequest) {
  scripted_film film(endless, reader_manner::waits_forever);
  running_server const server(film);
  auto client = server.connect();
  client.send(request_text("GET", film_path) + request_text("GET", film_path));
  ASSERT_TRUE(film.reads.reaches(1));
  client.send(request_text("GET", film_path));

  client.close();

  EXPECT_TRUE(film.destroyed.reaches(1));
  EXPECT_EQ(film.opened.count(), 1);
}

TEST(ServerReader, StaysWhileAPipelinedRequestWaits) {
  scripted_film film(endless, reader_manner::waits_forever);
  running_server server(film);
  auto client = server.connect();
  client.send(request_text("GET", film_path));
  ASSERT_TRUE(film.reads.reaches(1));

  client.send(request_text("GET", film_path));
  // The second connection's reply comes after the server has seen what came on the first.
  EXPECT_EQ(server.connect().get("/nothing").status, 404);

  EXPECT_EQ(film.destroyed.count(), 0);
}

// Drives the server by hand: when there is nothing to do although the file is not over, its write is stuck.
class StuckWrite : public testing::Test {
 protected:
  void SetUp() override {
    m_film.use_blocks_of(m_arena);
    m_server.emplace(m_io, any_port(), lookup_of(m_film));
    m_client.emplace(m_server->local_endpoint().port(), 4096);
    m_client->send(request_text("GET", film_path));
    ASSERT_TRUE(run_until([&] { return m_film.reads.count() >= 3; }));
    while (m_io.poll() > 0) continue;
    ASSERT_EQ(m_film.destroyed.count(), 0);
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    auto const limit = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < limit) {
      m_io.run_one_for(std::chrono::milliseconds(100));
    }
    return condition();
  }

  scripted_film m_film{endless};
  std::shared_ptr<block_arena> m_arena = block_arena::create(64 * 1024 * 1024);
  asio::io_context m_io;
  std::optional<http::server> m_server;
  std::optional<http_client> m_client;
};

TEST_F(StuckWrite, HoldsAtMostTwoPieces) { EXPECT_LE(m_arena->budget().used(), 1024 * 1024); }

TEST_F(StuckWrite, IsNoticedWhenTheClientGoesAway) {
  m_client->close();

  EXPECT_TRUE(run_until([&] { return m_film.destroyed.count() == 1 && m_arena->budget().used() == 0; }));
}

TEST_F(StuckWrite, GoesOnWhenTheClientReadsAgain) {
  auto const reads_before = m_film.reads.count();
  std::thread reading([&] { (void)m_client->read_reply(); });

  EXPECT_TRUE(run_until([&] { return m_film.reads.count() > reads_before + 4; }));

  m_server->stop();
  m_io.run();
  reading.join();
}

TEST_F(StuckWrite, EndsWithTheServer) {
  m_server->stop();
  m_io.run();

  EXPECT_EQ(m_film.destroyed.count(), 1);
  EXPECT_EQ(m_arena->budget().used(), 0);
}

TEST(Server, LeavesNoWorkWhenStopped) {
  scripted_film film(endless, reader_manner::waits_forever);
  running_server server(film);
  auto waiting = server.connect();
  waiting.send(request_text("GET", film_path));
  ASSERT_TRUE(film.reads.reaches(1));
  auto idle = server.connect();
  EXPECT_EQ(idle.get("/nothing").status, 404);

  server.stop();

  EXPECT_EQ(film.destroyed.count(), 1);
  EXPECT_TRUE(idle.sees_the_end());
}

TEST(Server, MayBeStoppedTwice) {
  scripted_film film(1000);
  running_server server(film);

  server.stop();
  server.stop();
}

TEST(Server, IgnoresAReadThatEndsAfterTheIoContextIsGone) {
  scripted_film film(endless, reader_manner::outlived_by_its_read);
  {
    running_server server(film);
    auto client = server.connect();
    client.send(request_text("GET", film_path));
    ASSERT_TRUE(film.reads.reaches(1));
    client.close();
    ASSERT_TRUE(film.destroyed.reaches(1));
    server.stop();
  }

  film.complete_late_reads();
}

TEST(Server, FreesItsReadersWithAnIoContextThatRunsNoMore) {
  scripted_film film(endless, reader_manner::waits_forever);
  {
    asio::io_context io;
    http::server server(io, any_port(), lookup_of(film));
    http_client const client(server.local_endpoint().port());
    client.send(request_text("GET", film_path));
    while (film.reads.count() == 0) io.run_one();
  }

  EXPECT_EQ(film.destroyed.count(), 1);
}

TEST(Server, SaysWhenItsPortIsInUse) {
  scripted_film film(1000);
  running_server const first(film);
  asio::io_context io;
  asio::ip::tcp::endpoint const taken(asio::ip::address_v4::loopback(), first.port());

  try {
    http::server const second(io, taken, lookup_of(film));
    ADD_FAILURE() << "it listens where another does";
  } catch (boost::system::system_error const& error) {
    EXPECT_EQ(error.code(), asio::error::address_in_use);
    EXPECT_EQ(std::string(error.what()),
              "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use");
  }
}

TEST(Server, FreesItsPortWhenStopped) {
  scripted_film film(1000);
  running_server first(film);
  auto client = first.connect();
  EXPECT_EQ(client.get(film_path).status, 200);
  first.stop();

  asio::io_context io;
  http::server const second(io, {asio::ip::address_v4::loopback(), first.port()}, lookup_of(film));

  EXPECT_EQ(second.local_endpoint().port(), first.port());
}

TEST(Server, AcceptsAgainWhenThereAreFileDescriptorsAgain) {
  scripted_film film(1000);
  std::string logged;
  asio::io_context io;
  http::server server(io, any_port(), lookup_of(film), {.log = [&](std::string const& line) { logged = line; }});
  http_client client(server.local_endpoint().port());
  client.send(request_text("GET", film_path));
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  rlimit const none{0, limit.rlim_max};

  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  io.run_one();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  while (film.destroyed.count() == 0) io.run_one();

  EXPECT_EQ(logged, "cannot accept a connection: Too many open files");
  EXPECT_EQ(client.read_reply().status, 200);
}

TEST(Server, ServesManyClientsAtOnce) {
  scripted_film film(3'000'000, reader_manner::answers_on_another_thread);
  running_server const server(film);
  std::vector<http_client> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(server.connect());

  for (auto const& client : clients) client.send(request_text("GET", film_path, "Range: bytes=10-\r\n"));

  auto const expected = film.bytes(10, film.size_bytes() - 10);
  for (auto& client : clients) EXPECT_TRUE(client.read_reply().body == expected);
}

} // namespace
} // namespace memtorrent::test
