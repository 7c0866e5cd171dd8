#include "session/response_head.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace memtorrent::session {
namespace {

response_head head_of(std::initializer_list<char const*> lines) {
  response_head head;
  for (auto const* line : lines) head.take(line);
  return head;
}

TEST(ResponseHead, IsCompleteAfterAnEmptyLine) {
  EXPECT_FALSE(head_of({"HTTP/1.1 200 OK\r\n", "Content-Length: 1\r\n"}).is_complete());
  EXPECT_TRUE(head_of({"HTTP/1.1 200 OK\r\n", "\r\n"}).is_complete());
  EXPECT_TRUE(head_of({"HTTP/1.0 200\n", "\n"}).is_complete());
}

TEST(ResponseHead, IsNotAnInterimOne) {
  EXPECT_FALSE(head_of({"HTTP/1.1 103 Early Hints\r\n", "Location: /a\r\n", "\r\n"}).is_complete());
  auto const head =
      head_of({"HTTP/1.1 103 Early Hints\r\n", "Location: /a\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n"});
  EXPECT_TRUE(head.is_complete());
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.location(), "");
}

TEST(ResponseHead, IsNotChangedByTrailers) {
  EXPECT_EQ(head_of({"HTTP/1.1 302 Found\r\n", "\r\n", "Location: /a\r\n", "\r\n"}).location(), "");
}

TEST(ResponseHead, HasAStatusAndFields) {
  auto const head =
      head_of({"HTTP/1.1 404 Not Found\r\n", "LOCATION:\t/a:b \r\n", "Content-Encoding: gzip\r\n", "\r\n"});
  EXPECT_EQ(head.status(), 404);
  EXPECT_EQ(head.status_text(), "404 Not Found");
  EXPECT_EQ(head.location(), "/a:b");
  EXPECT_EQ(head.content_encoding(), "gzip");
}

TEST(ResponseHead, IsARedirectOnlyWithAPlaceToGo) {
  EXPECT_TRUE(head_of({"HTTP/1.1 308 Permanent Redirect\r\n", "Location: /a\r\n"}).is_redirect());
  EXPECT_FALSE(head_of({"HTTP/1.1 302 Found\r\n"}).is_redirect());
  EXPECT_FALSE(head_of({"HTTP/1.1 304 Not Modified\r\n", "Location: /a\r\n"}).is_redirect());
  EXPECT_FALSE(head_of({"HTTP/1.1 200 OK\r\n", "Location: /a\r\n"}).is_redirect());
}

TEST(ResponseHead, TakesWhatIsNone) {
  EXPECT_FALSE(head_of({"nonsense\r\n", "\r\n", "HTTP/1.1\r\n", "\r\n", "HTTP/1.1 x\r\n", "\r\n"}).is_complete());
}

} // namespace
} // namespace memtorrent::session
