#include "http/stream_route.hpp"

#include "memtorrent/error.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace memtorrent::http {
namespace {

using boost::beast::http::field;
using boost::beast::http::status;
using boost::beast::http::verb;

std::string const hash = "0123456789abcdef0123456789abcdef01234567";
std::string const path = "/stream/" + hash + "/0/film.mkv";

stream_file film() {
  return {"film.mkv", 1000, "tag", [](boost::system::error_code&) -> std::unique_ptr<byte_source> {
            ADD_FAILURE() << "the route opens nothing";
            return nullptr;
          }};
}

struct asking {
  stream_file file = film();
  request asked{verb::get, path, 11};

  asking& with(field name, std::string const& value) {
    asked.insert(name, value);
    return *this;
  }
  asking& by(verb method) {
    asked.method(method);
    return *this;
  }
  asking& at(std::string const& target) {
    asked.target(target);
    return *this;
  }
  [[nodiscard]] reply answer() const {
    return answer_stream_request(asked, [this](std::string const& info_hash_hex, int file_index) {
      return info_hash_hex == hash && file_index == 0 ? std::optional(file) : std::nullopt;
    });
  }
};

void expect_whole(reply const& answer) {
  EXPECT_EQ(answer.status, status::ok);
  ASSERT_TRUE(answer.file);
  EXPECT_EQ(answer.file->offset_bytes, 0);
  EXPECT_EQ(answer.file->size_bytes, 1000);
  EXPECT_EQ(answer.fields[field::content_range], "");
}

TEST(StreamRoute, AnswersWithTheWholeFile) {
  auto const answer = asking().answer();

  expect_whole(answer);
  EXPECT_EQ(answer.fields[field::content_type], "video/x-matroska");
  EXPECT_EQ(answer.fields[field::accept_ranges], "bytes");
  EXPECT_EQ(answer.fields[field::etag], "\"tag\"");
  EXPECT_EQ(answer.fields[field::cache_control], "no-store");
}

TEST(StreamRoute, AnswersWithAPart) {
  auto const answer = asking().with(field::range, "bytes=100-299").answer();

  EXPECT_EQ(answer.status, status::partial_content);
  ASSERT_TRUE(answer.file);
  EXPECT_EQ(answer.file->offset_bytes, 100);
  EXPECT_EQ(answer.file->size_bytes, 200);
  EXPECT_EQ(answer.fields[field::content_range], "bytes 100-299/1000");
  EXPECT_EQ(answer.fields[field::content_type], "video/x-matroska");
}

TEST(StreamRoute, SaysTheSizeWhenARangeIsUnsatisfiable) {
  auto const answer = asking().with(field::range, "bytes=1000-").answer();

  EXPECT_EQ(answer.status, status::range_not_satisfiable);
  EXPECT_FALSE(answer.file);
  EXPECT_EQ(answer.fields[field::content_range], "bytes */1000");
}

TEST(StreamRoute, TakesTwoRangeLinesForSeveralRanges) {
  expect_whole(asking().with(field::range, "bytes=0-1").with(field::range, "bytes=5-6").answer());
}

TEST(StreamRoute, IgnoresARangeInHead) {
  auto const answer = asking().by(verb::head).with(field::range, "bytes=0-1").answer();

  expect_whole(answer);
}

TEST(StreamRoute, HeedsARangeWhoseIfRangeHolds) {
  EXPECT_EQ(asking().with(field::range, "bytes=0-1").with(field::if_range, "\"tag\"").answer().status,
            status::partial_content);
}

TEST(StreamRoute, IgnoresARangeWhoseIfRangeDoesNotHold) {
  for (auto const* value : {"\"other\"", "W/\"tag\"", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    expect_whole(asking().with(field::range, "bytes=0-1").with(field::if_range, value).answer());
    expect_whole(asking().with(field::range, "bytes=5000-").with(field::if_range, value).answer());
  }
}

TEST(StreamRoute, SaysNotModifiedToWhoHasTheFile) {
  auto const answer = asking().with(field::if_none_match, "\"x\", W/\"tag\"").answer();

  EXPECT_EQ(answer.status, status::not_modified);
  EXPECT_EQ(answer.fields[field::etag], "\"tag\"");
  EXPECT_EQ(answer.text, "");
  EXPECT_FALSE(answer.file);
}

TEST(StreamRoute, HeedsEveryLineOfIfNoneMatch) {
  auto const answer = asking().with(field::if_none_match, "\"x\"").with(field::if_none_match, "\"tag\"").answer();

  EXPECT_EQ(answer.status, status::not_modified);
}

TEST(StreamRoute, SendsTheFileToWhoHasAnother) {
  expect_whole(asking().with(field::if_none_match, "\"other\"").answer());
}

TEST(StreamRoute, FailsWhenIfMatchNamesAnotherFile) {
  EXPECT_EQ(asking().with(field::if_match, "\"other\"").answer().status, status::precondition_failed);
  EXPECT_EQ(asking().with(field::if_match, "W/\"tag\"").answer().status, status::precondition_failed);
  expect_whole(asking().with(field::if_match, "\"tag\"").answer());
  expect_whole(asking().with(field::if_match, "*").answer());
}

TEST(StreamRoute, ManagesWithoutATag) {
  asking ask;
  ask.file.etag.clear();
  EXPECT_EQ(ask.answer().fields.count(field::etag), 0U);

  ask.with(field::range, "bytes=0-1").with(field::if_range, "\"\"");
  expect_whole(ask.answer());
}

TEST(StreamRoute, SendsAnEmptyFileWithoutOpeningIt) {
  asking ask;
  ask.file.size_bytes = 0;
  auto const answer = ask.answer();

  EXPECT_EQ(answer.status, status::ok);
  EXPECT_FALSE(answer.file);
  EXPECT_EQ(answer.text, "");
  EXPECT_EQ(ask.with(field::range, "bytes=0-").answer().status, status::range_not_satisfiable);
}

TEST(StreamRoute, AllowsOnlyGetAndHead) {
  for (auto const method : {verb::post, verb::put, verb::delete_, verb::options, verb::unknown}) {
    asking ask;
    if (method == verb::unknown) {
      ask.asked.method_string("BREW");
    } else {
      ask.by(method);
    }
    auto const answer = ask.answer();
    EXPECT_EQ(answer.status, status::method_not_allowed);
    EXPECT_EQ(answer.fields[field::allow], "GET, HEAD");
  }
}

TEST(StreamRoute, FindsNothingElsewhere) {
  EXPECT_EQ(asking().at("/").answer().status, status::not_found);
  EXPECT_EQ(asking().at("/stream/" + hash + "/1/film.mkv").answer().status, status::not_found);
  EXPECT_EQ(asking().at("/stream/" + std::string(40, 'f') + "/0/film.mkv").answer().status, status::not_found);
  EXPECT_EQ(asking().at("/stream/%").answer().status, status::bad_request);
}

TEST(StreamRoute, KeepsBrowsersFromGuessingTheType) {
  EXPECT_EQ(asking().answer().fields["X-Content-Type-Options"], "nosniff");
}

TEST(OpenFailedReply, IsNotFoundForWhatIsGone) {
  EXPECT_EQ(open_failed_reply(errc::torrent_removed).status, status::not_found);
  EXPECT_EQ(open_failed_reply(errc::no_such_file).status, status::not_found);
}

TEST(OpenFailedReply, IsUnavailableForWhatMayComeBack) {
  auto const answer = open_failed_reply(errc::session_closed);

  EXPECT_EQ(answer.status, status::service_unavailable);
  EXPECT_EQ(answer.text, "The file cannot be opened: the session is closed.\n");
}

} // namespace
} // namespace memtorrent::http
