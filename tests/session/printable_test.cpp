#include "session/printable.hpp"

#include <gtest/gtest.h>

namespace memtorrent::session {
namespace {

TEST(Printable, KeepsTextOfAllLanguages) { EXPECT_EQ(printable("Amélie – 映画.mkv"), "Amélie – 映画.mkv"); }

TEST(Printable, TakesAwayWhatMovesTheCursor) {
  EXPECT_EQ(printable("a\nb\r\tc\x1b[2Jd\x7f"), "a?b??c?[2Jd?");
  // U+009B, which some terminals take for ESC [
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31mb"),
            "a?31mb");
}

TEST(Printable, TakesABrokenEnd) { EXPECT_EQ(printable("a\xc2"), "a\xc2"); }

} // namespace
} // namespace memtorrent::session
