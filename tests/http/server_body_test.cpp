// What a client receives from the server.

#include "memtorrent/error.hpp"
#include "support/running_server.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace memtorrent::test {
namespace {

// Not a whole number of blocks or pieces, nor are the ranges below.
constexpr std::int64_t some_mebibytes = 5 * 1024 * 1024 + 4711;

class ServerBody : public testing::TestWithParam<reader_manner> {};

INSTANTIATE_TEST_SUITE_P(Readers, ServerBody,
                         testing::Values(reader_manner::answers_inside_the_call,
                                         reader_manner::answers_on_another_thread),
                         [](auto const& reader) {
                           return reader.param == reader_manner::answers_inside_the_call ? "AnswerInsideTheCall"
                                                                                         : "AnswerOnAnotherThread";
                         });

TEST_P(ServerBody, IsTheWholeFile) {
  scripted_film film(some_mebibytes, GetParam());
  running_server const server(film);

  auto const reply = server.connect().get(film_path);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("Content-Length"), std::to_string(some_mebibytes));
  EXPECT_EQ(reply.field("Content-Type"), "video/x-matroska");
  EXPECT_NE(reply.field("Date"), "");
  EXPECT_TRUE(reply.body == film.bytes(0, some_mebibytes));
}

TEST_P(ServerBody, IsThePartThatWasAskedFor) {
  scripted_film film(some_mebibytes, GetParam());
  running_server const server(film);

  auto const reply = server.connect().get(film_path, "Range: bytes=1000003-3000001\r\n");

  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(reply.field("Content-Range"), "bytes 1000003-3000001/" + std::to_string(some_mebibytes));
  EXPECT_TRUE(reply.body == film.bytes(1'000'003, 1'999'999));
}

TEST_P(ServerBody, IsTheEndOfTheFile) {
  scripted_film film(some_mebibytes, GetParam());
  running_server const server(film);

  auto const reply = server.connect().get(film_path, "Range: bytes=-500\r\n");

  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(reply.body, film.bytes(some_mebibytes - 500, 500));
}

TEST_P(ServerBody, ArrivesWholeWhenPiecesTrickleIn) {
  scripted_film film(200'000, GetParam());
  film.answer_at_most(777);
  running_server const server(film);

  EXPECT_TRUE(server.connect().get(film_path).body == film.bytes(0, 200'000));
}

TEST_P(ServerBody, ReachesFarIntoALargeFile) {
  scripted_film film(std::int64_t{1} << 40, GetParam());
  running_server const server(film);

  auto const reply = server.connect().get(film_path, "Range: bytes=1000000000000-1000000000999\r\n");

  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(reply.body, film.bytes(1'000'000'000'000, 1000));
}

TEST_P(ServerBody, EndsEarlyWhenTheReaderFails) {
  scripted_film film(some_mebibytes, GetParam());
  film.fail_from(2'000'000, errc::torrent_removed);
  std::string logged;
  running_server server(film, {.log = [&](std::string const& line) { logged += line; }});
  auto client = server.connect();

  auto const reply = client.get(film_path);
  server.stop();

  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.is_complete);
  EXPECT_TRUE(reply.body == film.bytes(0, static_cast<std::int64_t>(reply.body.size())));
  EXPECT_EQ(logged, "a stream ended early: the torrent was removed");
}

TEST(ServerBodyFailure, IsSeenWhenTheReaderHasFewerBytesThanPromised) {
  scripted_film film(1000);
  running_server const server([&](std::string const&, int) {
    return http::stream_file{"film.mkv", 2000, "", [&](auto&) { return film.open(); }};
  });

  auto client = server.connect();
  auto const reply = client.get(film_path);

  EXPECT_FALSE(reply.is_complete);
  EXPECT_EQ(reply.body, film.bytes(0, 1000));
  EXPECT_TRUE(client.sees_the_end());
}

TEST(ServerBodyMemory, StaysWithinTwoPieces) {
  scripted_film film(64 * 1024 * 1024);
  auto const arena = block_arena::create(film.size_bytes());
  film.use_blocks_of(arena);
  running_server server(film);
  auto client = server.connect();

  auto const reply = client.get(film_path, "Range: bytes=100-\r\n");
  server.stop();

  EXPECT_TRUE(reply.is_complete);
  EXPECT_EQ(film.longest_read_bytes, 512 * 1024);
  // A piece that does not start with a block touches one block more.
  EXPECT_LE(arena->budget().peak(), 2 * (512 * 1024 + block_size_bytes));
  EXPECT_EQ(arena->budget().used(), 0);
}

TEST(ServerBodyMemory, IsFreeAsSoonAsTheBodyIsSent) {
  scripted_film film(some_mebibytes);
  running_server const server(film);
  auto client = server.connect();

  EXPECT_TRUE(client.get(film_path).is_complete);

  // While the connection stays open for the next request.
  EXPECT_TRUE(film.destroyed.reaches(1));
  EXPECT_TRUE(client.get(film_path, "Range: bytes=0-0\r\n").is_complete);
  EXPECT_TRUE(film.destroyed.reaches(2));
}

TEST(ServerHead, HasTheFieldsOfGetButNoReader) {
  scripted_film film(some_mebibytes);
  running_server const server(film);
  auto client = server.connect();

  client.send(request_text("HEAD", film_path));
  auto const reply = client.read_reply(true);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("Content-Length"), std::to_string(some_mebibytes));
  EXPECT_EQ(reply.field("Accept-Ranges"), "bytes");
  EXPECT_EQ(reply.field("ETag"), "\"film-3\"");
  // Nothing follows the header: the next reply starts with its status line.
  EXPECT_EQ(client.get(film_path, "Range: bytes=0-9\r\n").body, film.bytes(0, 10));
  EXPECT_EQ(film.opened.count(), 1);
}

TEST(ServerHead, OfAnErrorHasNoBody) {
  scripted_film film(1000);
  running_server const server(film);
  auto client = server.connect();

  client.send(request_text("HEAD", "/nothing"));
  EXPECT_EQ(client.read_reply(true).status, 404);
  EXPECT_EQ(client.get(film_path).status, 200);
}

TEST(ServerReply, SaysWhyAFileCannotBeOpened) {
  running_server const server([](std::string const&, int) {
    return http::stream_file{"film.mkv", 1000, "", [](auto& ec) {
                               ec = errc::session_closed;
                               return std::unique_ptr<byte_source>();
                             }};
  });

  auto const reply = server.connect().get(film_path);

  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "The file cannot be opened: the session is closed.\n");
}

TEST(ServerReply, SaysNotModifiedWithoutABody) {
  scripted_film film(1000);
  running_server const server(film);
  auto client = server.connect();

  EXPECT_EQ(client.get(film_path, "If-None-Match: \"film-3\"\r\n").status, 304);
  EXPECT_EQ(client.get(film_path).status, 200);
  EXPECT_EQ(film.opened.count(), 1);
}

TEST(ServerReply, IsUnsatisfiedBeyondTheFile) {
  scripted_film film(1000);
  running_server const server(film);

  auto const reply = server.connect().get(film_path, "Range: bytes=1000-\r\n");

  EXPECT_EQ(reply.status, 416);
  EXPECT_EQ(reply.field("Content-Range"), "bytes */1000");
  EXPECT_EQ(film.opened.count(), 0);
}

TEST(ServerReply, OfAnEmptyFileIsEmpty) {
  scripted_film film(0);
  running_server const server(film);
  auto client = server.connect();

  auto const reply = client.get(film_path);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("Content-Length"), "0");
  EXPECT_EQ(client.get(film_path).status, 200);
}

} // namespace
} // namespace memtorrent::test
