#include "cli/console.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace memtorrent::cli {
namespace {

using namespace std::chrono_literals;

console::clock::time_point at(std::chrono::seconds time) { return console::clock::time_point(time); }

TEST(Console, RedrawsOneLineInATerminal) {
  std::ostringstream screen;
  console terminal(screen, [] { return 80; });
  terminal.progress("one", "", at(1s));
  terminal.progress("two", "", at(2s));
  EXPECT_EQ(screen.str(), "\r\x1b[Kone\r\x1b[Ktwo");
}

TEST(Console, CutsALineThatWouldWrap) {
  std::ostringstream screen;
  console terminal(screen, [] { return 4; });
  terminal.progress("progress", "", at(1s));
  EXPECT_EQ(screen.str(), "\r\x1b[Kpro");
}

TEST(Console, TakesTheProgressAwayBeforeAMessageAndAtItsEnd) {
  std::ostringstream screen;
  {
    console terminal(screen, [] { return 80; });
    terminal.progress("one", "", at(1s));
    terminal.message("hello");
    terminal.progress("two", "", at(2s));
  }
  EXPECT_EQ(screen.str(), "\r\x1b[Kone\r\x1b[Khello\n\r\x1b[Ktwo\r\x1b[K");
}

TEST(Console, PrintsALineNowAndThenElsewhere) {
  std::ostringstream log;
  console plain(log, nullptr);
  plain.progress("a", "", at(1s));
  plain.progress("b", "", at(2s));
  plain.progress("c", "", at(6s));
  EXPECT_EQ(log.str(), "a\nc\n");
}

TEST(Console, PrintsAChangeOfReasonAtOnce) {
  std::ostringstream log;
  console plain(log, nullptr);
  plain.progress("a, no peers", "no peers", at(1s));
  plain.progress("b", "", at(2s));
  EXPECT_EQ(log.str(), "a, no peers\nb\n");
}

TEST(Console, DoesNotRepeatItself) {
  std::ostringstream log;
  console plain(log, nullptr);
  plain.progress("a", "", at(1s));
  plain.progress("a", "", at(60s));
  EXPECT_EQ(log.str(), "a\n");
}

} // namespace
} // namespace memtorrent::cli
