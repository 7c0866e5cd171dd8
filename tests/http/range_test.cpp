#include "http/range.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>

namespace memtorrent::http {

void PrintTo(whole_file const&, std::ostream* out) { *out << "the whole file"; }
void PrintTo(unsatisfiable_range const&, std::ostream* out) { *out << "unsatisfiable"; }
void PrintTo(file_part const& part, std::ostream* out) { *out << part.size_bytes << " from " << part.offset_bytes; }

namespace {

constexpr auto huge = std::numeric_limits<std::int64_t>::max();

range_answer part(std::int64_t offset, std::int64_t size) { return file_part{offset, size}; }
range_answer const whole = whole_file{};
range_answer const unsatisfiable = unsatisfiable_range{};

TEST(Range, TakesFirstAndLastByteInclusively) {
  EXPECT_EQ(resolve_range("bytes=0-0", 1000), part(0, 1));
  EXPECT_EQ(resolve_range("bytes=0-499", 1000), part(0, 500));
  EXPECT_EQ(resolve_range("bytes=500-999", 1000), part(500, 500));
  EXPECT_EQ(resolve_range("bytes=999-999", 1000), part(999, 1));
}

TEST(Range, RunsToTheEndWithoutALastByte) {
  EXPECT_EQ(resolve_range("bytes=0-", 1000), part(0, 1000));
  EXPECT_EQ(resolve_range("bytes=999-", 1000), part(999, 1));
}

TEST(Range, TakesTheLastBytesWithoutAFirst) {
  EXPECT_EQ(resolve_range("bytes=-1", 1000), part(999, 1));
  EXPECT_EQ(resolve_range("bytes=-500", 1000), part(500, 500));
  EXPECT_EQ(resolve_range("bytes=-1000", 1000), part(0, 1000));
}

TEST(Range, TakesTheWholeFileForALongerSuffix) {
  EXPECT_EQ(resolve_range("bytes=-1001", 1000), part(0, 1000));
  EXPECT_EQ(resolve_range("bytes=-99999999999999999999999", 1000), part(0, 1000));
}

TEST(Range, ClampsAnEndBeyondTheFile) {
  EXPECT_EQ(resolve_range("bytes=0-1000", 1000), part(0, 1000));
  EXPECT_EQ(resolve_range("bytes=900-4294967296", 1000), part(900, 100));
  EXPECT_EQ(resolve_range("bytes=900-9223372036854775807", 1000), part(900, 100));
  EXPECT_EQ(resolve_range("bytes=900-99999999999999999999999", 1000), part(900, 100));
}

TEST(Range, IsUnsatisfiableFromTheEndOn) {
  EXPECT_EQ(resolve_range("bytes=1000-", 1000), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=1000-1000", 1000), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=1001-2000", 1000), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=99999999999999999999999-", 1000), unsatisfiable);
}

TEST(Range, IsUnsatisfiableForNoBytesFromTheEnd) {
  EXPECT_EQ(resolve_range("bytes=-0", 1000), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=-000", 0), unsatisfiable);
}

TEST(Range, OfAnEmptyFileHasNoPart) {
  EXPECT_EQ(resolve_range("bytes=0-", 0), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=0-0", 0), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=-5", 0), whole);
}

TEST(Range, OfTheLargestFileDoesNotOverflow) {
  EXPECT_EQ(resolve_range("bytes=0-", huge), part(0, huge));
  EXPECT_EQ(resolve_range("bytes=0-9223372036854775807", huge), part(0, huge));
  EXPECT_EQ(resolve_range("bytes=9223372036854775806-", huge), part(huge - 1, 1));
  EXPECT_EQ(resolve_range("bytes=9223372036854775807-", huge), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=9223372036854775808-", huge), unsatisfiable);
  EXPECT_EQ(resolve_range("bytes=-9223372036854775808", huge), part(0, huge));
}

TEST(Range, IsIgnoredWhenItEndsBeforeItStarts) {
  EXPECT_EQ(resolve_range("bytes=5-4", 1000), whole);
  EXPECT_EQ(resolve_range("bytes=2000-1999", 1000), whole);
  EXPECT_EQ(resolve_range("bytes=10-9", 1000), whole);
  EXPECT_EQ(resolve_range("bytes=99999999999999999999999-99999999999999999999998", 1000), whole);
}

TEST(Range, MayHaveLeadingZeros) {
  EXPECT_EQ(resolve_range("bytes=0005-0010", 1000), part(5, 6));
  EXPECT_EQ(resolve_range("bytes=000000000000000000000000009-10", 1000), part(9, 2));
  EXPECT_EQ(resolve_range("bytes=-00000000000000000000000010", 1000), part(990, 10));
}

TEST(Range, IsIgnoredInAnotherUnit) {
  EXPECT_EQ(resolve_range("items=0-5", 1000), whole);
  EXPECT_EQ(resolve_range("byte=0-5", 1000), whole);
  EXPECT_EQ(resolve_range("=0-5", 1000), whole);
}

TEST(Range, TakesItsUnitInAnyCase) { EXPECT_EQ(resolve_range("Bytes=0-5", 1000), part(0, 6)); }

TEST(Range, IsIgnoredWhenMalformed) {
  for (auto const* value :
       {"",        " ",         "bytes",      "bytes=",      "bytes= ",     "bytes=,",    "bytes=-",     "bytes=--5",
        "bytes=5", "bytes=a-5", "bytes=0-b",  "bytes=0-5-7", "bytes=0 - 5", "bytes=+1-5", "bytes=0x1-5", "bytes =0-5",
        "0-5",     "bytes:0-5", "bytes=0-5;", "bytes=1.5-2", "bytes==0-5",  "bytes=-5-"}) {
    EXPECT_EQ(resolve_range(value, 1000), whole) << value;
  }
}

TEST(Range, MayHaveWhiteSpaceAndEmptyElementsAroundIt) {
  EXPECT_EQ(resolve_range("  bytes=0-5\t", 1000), part(0, 6));
  EXPECT_EQ(resolve_range("bytes= 0-5 ", 1000), part(0, 6));
  EXPECT_EQ(resolve_range("bytes=, ,0-5,", 1000), part(0, 6));
}

TEST(Range, OfSeveralPartsIsAnsweredWithTheWholeFile) {
  EXPECT_EQ(resolve_range("bytes=0-5,10-15", 1000), whole);
  EXPECT_EQ(resolve_range("bytes=0-5, -1", 1000), whole);
  EXPECT_EQ(resolve_range("bytes=5000-,6000-", 1000), whole);
}

// Every range on small files against the definition itself: byte i is in the range or it is not.
TEST(Range, HoldsExactlyTheBytesThatWereAskedFor) {
  for (std::int64_t size = 1; size <= 6; ++size) {
    for (std::int64_t first = 0; first <= 8; ++first) {
      for (std::int64_t last = first; last <= 8; ++last) {
        auto const answer = resolve_range("bytes=" + std::to_string(first) + '-' + std::to_string(last), size);
        for (std::int64_t byte = 0; byte < size; ++byte) {
          auto const* const resolved = std::get_if<file_part>(&answer);
          auto const is_in =
              resolved && byte >= resolved->offset_bytes && byte < resolved->offset_bytes + resolved->size_bytes;
          EXPECT_EQ(is_in, byte >= first && byte <= last) << first << '-' << last << " of " << size;
        }
        if (first >= size) {
          EXPECT_EQ(answer, unsatisfiable);
        }
      }
    }
  }
}

TEST(ContentRange, NamesFirstAndLastByteAndTheSize) {
  EXPECT_EQ(content_range({0, 1}, 1000), "bytes 0-0/1000");
  EXPECT_EQ(content_range({500, 500}, 1000), "bytes 500-999/1000");
  EXPECT_EQ(content_range({0, huge}, huge), "bytes 0-9223372036854775806/9223372036854775807");
}

TEST(ContentRange, NamesOnlyTheSizeWhenUnsatisfied) {
  EXPECT_EQ(unsatisfied_content_range(1000), "bytes */1000");
  EXPECT_EQ(unsatisfied_content_range(0), "bytes */0");
}

} // namespace
} // namespace memtorrent::http
