#include "session/download_url.hpp"

#include "session/value_error.hpp"

#include <gtest/gtest.h>

namespace memtorrent::session {
namespace {

std::string fault_of(std::string const& text) {
  try {
    return "none: " + read_download_url(text).text;
  } catch (value_error const& error) {
    return error.what();
  }
}

std::string redirect_from(std::string const& base, std::string const& location) {
  try {
    return resolve_redirect(read_download_url(base), location).text;
  } catch (value_error const& error) {
    return error.what();
  }
}

TEST(DownloadUrl, HasAnOriginForMessages) {
  auto const read = read_download_url("https://example.org:8443/a/b.torrent?key=1");
  EXPECT_TRUE(read.is_https);
  EXPECT_EQ(read.origin, "https://example.org:8443");
  EXPECT_EQ(read.text, "https://example.org:8443/a/b.torrent?key=1");
}

TEST(DownloadUrl, HasDefaults) {
  EXPECT_EQ(read_download_url("http://example.org:80/").origin, "http://example.org");
  EXPECT_EQ(read_download_url("http://example.org:443/").origin, "http://example.org:443");
  EXPECT_EQ(read_download_url("https://example.org:443/").origin, "https://example.org");
  EXPECT_EQ(read_download_url("http://example.org:/").origin, "http://example.org");
  EXPECT_EQ(read_download_url("http://example.org").text, "http://example.org/");
  EXPECT_EQ(read_download_url("http://example.org?a").text, "http://example.org/?a");
  EXPECT_TRUE(read_download_url("HTTPS://example.org").is_https);
}

TEST(DownloadUrl, TakesIpv6Addresses) {
  auto const read = read_download_url("http://[::1]:8080/x");
  EXPECT_EQ(read.origin, "http://[::1]:8080");
  EXPECT_EQ(read.text, "http://[::1]:8080/x");
  EXPECT_EQ(read_download_url("http://[::1]/x").origin, "http://[::1]");
}

TEST(DownloadUrl, TakesNamesOfAllLanguages) {
  auto const read = read_download_url("http://b\u00fccher.example/x");
  EXPECT_EQ(read.text, "http://xn--bcher-kva.example/x");
  EXPECT_EQ(read.origin, "http://xn--bcher-kva.example");
}

TEST(DownloadUrl, IsRefusedWhenItIsNone) {
  for (auto const* text :
       {"", "http://", "http:///x", "http:/example.org", "ftp://example.org/x", "file:///etc/passwd", "example.org/x",
        "http://example.org:0/", "http://example.org:x/", "http://example.org:65536/", "http://example.org/a b",
        "http://example.org/\r\nX: y", "http://[::1/x", "http://[::1]8/x"}) {
    auto const fault = fault_of(text);
    EXPECT_NE(fault.find("is not a URL that can be fetched"), std::string::npos) << text << fault;
  }
}

TEST(DownloadUrl, IsRefusedWithAPasswordWhichNoMessageShows) {
  for (auto const* text : {"http://secret@example.org/", "http://user:secret@example.org/secret",
                           "https://:secret@example.org/", "http://user:sec/secret@example.org/"}) {
    auto const fault = fault_of(text);
    EXPECT_NE(fault.find("is not a URL that can be fetched"), std::string::npos) << text << fault;
    EXPECT_EQ(fault.find("sec"), std::string::npos) << text << fault;
  }
  EXPECT_NE(fault_of("http://user@example.org/").find("holds a user's name or password"), std::string::npos);
}

TEST(DownloadUrl, IsShownWithoutItsPath) {
  EXPECT_EQ(fault_of("http://example.org:0/secret?secret"),
            "'http://example.org:0' is not a URL that can be fetched: nobody listens on port 0");
}

TEST(DownloadUrl, LeadsOnByReferences) {
  std::string const base = "https://example.org:8443/a/b?c";
  EXPECT_EQ(redirect_from(base, "https://other.example/x"), "https://other.example/x");
  EXPECT_EQ(redirect_from(base, "//other.example/x"), "https://other.example/x");
  EXPECT_EQ(redirect_from(base, "/x?y"), "https://example.org:8443/x?y");
  EXPECT_EQ(redirect_from(base, "x?at=1:2"), "https://example.org:8443/a/x?at=1:2");
  EXPECT_EQ(redirect_from(base, "?d"), "https://example.org:8443/a/b?d");
  EXPECT_EQ(redirect_from(base, "/My Film.torrent"), "https://example.org:8443/My%20Film.torrent");
  EXPECT_EQ(redirect_from("http://example.org/", "https://other.example/x"), "https://other.example/x");
}

TEST(DownloadUrl, LeadsNowhereElse) {
  EXPECT_EQ(redirect_from("http://example.org/secret", "file:///etc/passwd"),
            "http://example.org redirects to what cannot be fetched: it is not an http or https URL");
  EXPECT_EQ(redirect_from("http://example.org/secret", "gopher://example.org/"),
            "http://example.org redirects to what cannot be fetched: it is not an http or https URL");
  EXPECT_EQ(redirect_from("https://example.org/secret", "http://other.example/secret"),
            "https://example.org redirects to what cannot be fetched: http://other.example is not encrypted");
  EXPECT_EQ(redirect_from("http://example.org/", "http://user:secret@other.example/"),
            "http://example.org redirects to what cannot be fetched: it holds a user's name or password");
}

} // namespace
} // namespace memtorrent::session
