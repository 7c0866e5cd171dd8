#include "cli/console.hpp"

#include <gtest/gtest.h>

#include <string>

namespace memtorrent::cli {
namespace {

using namespace std::chrono_literals;

// One that is read at once, or not at all.
class fake_screen final : public console::screen {
 public:
  void write(std::string text) override { m_text += text; }
  bool write_if_idle(std::string text) override {
    if (is_behind) return false;
    m_text += text;
    return true;
  }
  [[nodiscard]] std::string const& str() const { return m_text; }

  bool is_behind = false;

 private:
  std::string m_text;
};

console::clock::time_point at(std::chrono::seconds time) { return console::clock::time_point(time); }

TEST(Console, RedrawsOneLineInATerminal) {
  fake_screen screen;
  console terminal(screen, [] { return 80; });
  terminal.progress("one", "", at(1s));
  terminal.progress("two", "", at(2s));
  EXPECT_EQ(screen.str(), "\r\x1b[Kone\r\x1b[Ktwo");
}

TEST(Console, CutsALineThatWouldWrap) {
  fake_screen screen;
  console terminal(screen, [] { return 4; });
  terminal.progress("progress", "", at(1s));
  EXPECT_EQ(screen.str(), "\r\x1b[Kpro");
}

TEST(Console, TakesTheProgressAwayBeforeAMessageAndAtItsEnd) {
  fake_screen screen;
  {
    console terminal(screen, [] { return 80; });
    terminal.progress("one", "", at(1s));
    terminal.message("hello");
    terminal.progress("two", "", at(2s));
  }
  EXPECT_EQ(screen.str(), "\r\x1b[Kone\r\x1b[Khello\n\r\x1b[Ktwo\r\x1b[K");
}

TEST(Console, PrintsALineNowAndThenElsewhere) {
  fake_screen log;
  console plain(log, nullptr);
  plain.progress("a", "", at(1s));
  plain.progress("b", "", at(2s));
  plain.progress("c", "", at(6s));
  EXPECT_EQ(log.str(), "a\nc\n");
}

TEST(Console, PrintsAChangeOfReasonAtOnce) {
  fake_screen log;
  console plain(log, nullptr);
  plain.progress("a, no peers", "no peers", at(1s));
  plain.progress("b", "", at(2s));
  EXPECT_EQ(log.str(), "a, no peers\nb\n");
}

TEST(Console, DoesNotRepeatItself) {
  fake_screen log;
  console plain(log, nullptr);
  plain.progress("a", "", at(1s));
  plain.progress("a", "", at(60s));
  EXPECT_EQ(log.str(), "a\n");
}

TEST(Console, DropsProgressThatNobodyReads) {
  fake_screen log;
  log.is_behind = true;
  console plain(log, nullptr);
  plain.progress("a", "", at(1s));
  plain.message("kept");
  log.is_behind = false;
  plain.progress("b", "", at(2s));
  EXPECT_EQ(log.str(), "kept\nb\n") << "what was dropped is no reason to wait for the next line";
}

TEST(Console, TakesNoProgressAwayThatWasDropped) {
  fake_screen screen;
  screen.is_behind = true;
  console terminal(screen, [] { return 80; });
  terminal.progress("one", "", at(1s));
  terminal.message("hello");
  EXPECT_EQ(screen.str(), "hello\n");
}

} // namespace
} // namespace memtorrent::cli
