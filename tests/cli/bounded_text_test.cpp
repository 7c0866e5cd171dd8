#include "cli/bounded_text.hpp"

#include <gtest/gtest.h>

namespace memtorrent::cli {
namespace {

std::string read_all(bounded_text& text, std::size_t part_bytes = 1'000) {
  std::string read;
  for (auto part = text.next(part_bytes); !part.empty(); part = text.next(part_bytes)) {
    read += part;
    text.pop(part.size());
  }
  return read;
}

TEST(BoundedText, IsReadInOrderAndInParts) {
  bounded_text text(100);
  EXPECT_TRUE(text.is_empty());
  text.push("one\n", 1);
  text.push("two\n", 2);
  EXPECT_FALSE(text.is_empty());
  EXPECT_EQ(text.next(2), "on");
  EXPECT_EQ(text.next(2), "on") << "until it is popped";
  EXPECT_EQ(read_all(text, 3), "one\ntwo\n");
  EXPECT_TRUE(text.is_empty());
}

TEST(BoundedText, DropsTheOldestAndSaysHowMany) {
  bounded_text text(10);
  for (auto const* line : {"aaaa\n", "bbbb\n", "cccc\n", "dddd\n"}) text.push(line, 1);
  EXPECT_EQ(read_all(text), "(messages that nobody read are missing here: 2)\ncccc\ndddd\n");
  text.push("eeee\n", 2);
  EXPECT_EQ(read_all(text), "eeee\n") << "said once";
}

TEST(BoundedText, KeepsALineThatIsReadInPart) {
  bounded_text text(10);
  text.push("aaaa\n", 1);
  text.pop(text.next(2).size());
  for (auto const* line : {"bbbb\n", "cccc\n", "dddd\n"}) text.push(line, 2);
  EXPECT_EQ(read_all(text), "aa\n(messages that nobody read are missing here: 1)\ncccc\ndddd\n");
}

TEST(BoundedText, CutsALineThatIsLongerThanAllThatMayWait) {
  bounded_text text(5);
  text.push("abcdefgh\n", 1);
  EXPECT_EQ(read_all(text), "abcd\n");
}

TEST(BoundedText, KnowsTheNumberOfWhatComesNext) {
  bounded_text text(10);
  text.push("aaaa\n", 7);
  text.push("bbbb\n", 9);
  EXPECT_EQ(text.next_number(), 7U);
  text.pop(text.next(2).size());
  EXPECT_EQ(text.next_number(), 7U);
  text.pop(text.next(3).size());
  EXPECT_EQ(text.next_number(), 9U);
  text.push("cccc\n", 10);
  text.push("dddd\n", 11);
  EXPECT_EQ(text.next_number(), 10U) << "the number of what the line stands before";
}

TEST(BoundedText, SaysWhatItHasSpaceFor) {
  bounded_text text(10);
  text.push("aaaaaa\n", 1);
  EXPECT_TRUE(text.has_space_for("bb\n"));
  EXPECT_FALSE(text.has_space_for("bbb\n"));
}

} // namespace
} // namespace memtorrent::cli
