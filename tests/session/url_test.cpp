#include "session/url.hpp"

#include <gtest/gtest.h>

namespace memtorrent::session {
namespace {

std::string text_of(std::optional<url> const& parsed) { return parsed ? parsed->origin() + parsed->target : "none"; }

TEST(Url, IsTakenApart) {
  auto const parsed = parse_url("https://example.org:8443/a/b.torrent?key=1#part");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->is_https);
  EXPECT_EQ(parsed->host, "example.org");
  EXPECT_EQ(parsed->port, 8443);
  EXPECT_EQ(parsed->target, "/a/b.torrent?key=1");
  EXPECT_EQ(parsed->origin(), "https://example.org:8443");
}

TEST(Url, HasDefaults) {
  EXPECT_EQ(parse_url("http://example.org")->port, 80);
  EXPECT_EQ(parse_url("HTTPS://example.org")->port, 443);
  EXPECT_EQ(parse_url("http://example.org")->target, "/");
  EXPECT_EQ(parse_url("http://example.org?a")->target, "/?a");
  EXPECT_EQ(parse_url("http://example.org:80/")->authority(), "example.org");
  EXPECT_EQ(parse_url("http://example.org:/")->authority(), "example.org");
}

TEST(Url, TakesIpv6Addresses) {
  auto const parsed = parse_url("http://[::1]:8080/x");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->host, "::1");
  EXPECT_EQ(parsed->authority(), "[::1]:8080");
  EXPECT_EQ(parse_url("http://[::1]/x")->authority(), "[::1]");
}

TEST(Url, IsRefusedWhenItIsNone) {
  for (auto const* text :
       {"", "http://", "http:///x", "http:/example.org", "ftp://example.org/x", "example.org/x",
        "http://user@example.org/", "http://example.org:0/", "http://example.org:x/", "http://example.org/a b",
        "http://example.org/\r\nX: y", "http://[::1/x", "http://[::1]8/x"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, ResolvesReferences) {
  auto const base = *parse_url("https://example.org:8443/a/b?c");
  EXPECT_EQ(text_of(resolve_reference(base, "http://other.example/x")), "http://other.example/x");
  EXPECT_EQ(text_of(resolve_reference(base, "//other.example/x")), "https://other.example/x");
  EXPECT_EQ(text_of(resolve_reference(base, "/x?y")), "https://example.org:8443/x?y");
  EXPECT_EQ(text_of(resolve_reference(base, "x?at=1:2")), "https://example.org:8443/a/x?at=1:2");
  EXPECT_EQ(text_of(resolve_reference(base, "?d")), "https://example.org:8443/a/b?d");
  EXPECT_EQ(text_of(resolve_reference(base, "file:///etc/passwd")), "none");
}

} // namespace
} // namespace memtorrent::session
