#include "cli/output_queue.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <future>
#include <optional>
#include <system_error>

namespace memtorrent::cli {
namespace {

using namespace std::chrono_literals;

// A pipe of one page whose other end the test has.
class small_pipe {
 public:
  small_pipe() {
    if (pipe2(m_ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    m_space = static_cast<std::size_t>(fcntl(m_ends[1], F_SETPIPE_SZ, 4096));
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) throw std::system_error(errno, std::generic_category(), "signal");
  }
  small_pipe(small_pipe const&) = delete;
  small_pipe& operator=(small_pipe const&) = delete;
  ~small_pipe() {
    close_reader();
    close_writer();
  }

  [[nodiscard]] int in() const { return m_ends[1]; }
  void fill() const {
    std::string const dots(m_space, '.');
    ASSERT_EQ(write(in(), dots.data(), dots.size()), static_cast<ssize_t>(dots.size()));
  }
  // Waits for so much.
  [[nodiscard]] std::string read_bytes(std::size_t bytes) const {
    std::string text(bytes, '?');
    for (std::size_t got = 0; got < bytes;) {
      auto const more = read(m_ends[0], text.data() + got, bytes - got);
      if (more <= 0) return text.substr(0, got);
      got += static_cast<std::size_t>(more);
    }
    return text;
  }
  [[nodiscard]] std::string read_what_was_in_it() const { return read_bytes(m_space); }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (m_ends[end] >= 0) close(m_ends[end]);
    m_ends[end] = -1;
  }

  std::array<int, 2> m_ends{-1, -1};
  std::size_t m_space = 0;
};

void never() { FAIL() << "stdout failed"; }

TEST(OutputQueue, WritesEachToItsOwn) {
  small_pipe const out;
  small_pipe const err;
  output_queue queue(out.in(), err.in(), never);
  queue.print("url\n");
  queue.write("message\n");
  EXPECT_EQ(out.read_bytes(4), "url\n");
  EXPECT_EQ(err.read_bytes(8), "message\n");
}

TEST(OutputQueue, KeepsTheOrderWhereBothAreTheSame) {
  small_pipe const terminal;
  terminal.fill();
  output_queue queue(terminal.in(), terminal.in(), never);
  queue.write("1\n");
  queue.print("2\n");
  queue.write("3\n");
  queue.print("4\n");
  EXPECT_EQ(terminal.read_what_was_in_it().back(), '.');
  EXPECT_EQ(terminal.read_bytes(8), "1\n2\n3\n4\n");
}

TEST(OutputQueue, PrintsWhileNobodyReadsTheMessages) {
  small_pipe const out;
  small_pipe const err;
  err.fill();
  output_queue queue(out.in(), err.in(), never);
  queue.write("message\n");
  queue.print("url\n");
  EXPECT_EQ(out.read_bytes(4), "url\n");
  EXPECT_EQ(err.read_what_was_in_it().back(), '.');
  EXPECT_EQ(err.read_bytes(8), "message\n") << "to whoever reads at last";
}

TEST(OutputQueue, DropsTheOldestWhereNobodyReads) {
  small_pipe const out;
  small_pipe const err;
  err.fill();
  output_queue queue(out.in(), err.in(), never, {.max_bytes = 10});
  queue.write("aaaa\n");
  EXPECT_FALSE(queue.write_if_idle("progress\n"));
  for (auto const* line : {"bbbb\n", "cccc\n", "dddd\n"}) queue.write(line);
  EXPECT_EQ(err.read_what_was_in_it().back(), '.');
  std::string const expected = "(messages that nobody read are missing here: 2)\ncccc\ndddd\n";
  EXPECT_EQ(err.read_bytes(expected.size()), expected);
}

TEST(OutputQueue, EndsWhereNobodyReads) {
  small_pipe out;
  small_pipe err;
  out.fill();
  err.fill();
  {
    output_queue queue(out.in(), err.in(), never, {.last_chance = 1ms});
    queue.print("url\n");
    queue.write("message\n");
  }
  out.close_writer();
  err.close_writer();
  EXPECT_EQ(out.read_bytes(10'000).find("url"), std::string::npos);
  EXPECT_EQ(err.read_bytes(10'000).find("message"), std::string::npos);
}

TEST(OutputQueue, WritesWhatIsLeftAtItsEnd) {
  small_pipe out;
  small_pipe err;
  {
    output_queue queue(out.in(), err.in(), never, {.last_chance = 60s});
    queue.write("message\n");
    queue.print("url\n");
  }
  out.close_writer();
  err.close_writer();
  EXPECT_EQ(out.read_bytes(100), "url\n");
  EXPECT_EQ(err.read_bytes(100), "message\n");
}

TEST(OutputQueue, TellsThatStdoutIsGone) {
  small_pipe out;
  small_pipe const err;
  out.close_reader();
  std::promise<void> failed;
  output_queue queue(out.in(), err.in(), [&] { failed.set_value(); });
  queue.print("url\n");
  EXPECT_EQ(failed.get_future().wait_for(60s), std::future_status::ready);
  queue.print("not told twice\n");
  queue.write("message\n");
  EXPECT_EQ(err.read_bytes(8), "message\n");
}

TEST(OutputQueue, TellsThatStdoutIsClosed) {
  small_pipe const err;
  int failures = 0;
  output_queue queue(-1, err.in(), [&] { ++failures; });
  queue.print("url\n");
  queue.print("url\n");
  EXPECT_EQ(failures, 1);
}

TEST(OutputQueue, TellsThatStdoutTakesNoMore) {
  small_pipe const out;
  small_pipe const err;
  out.fill();
  std::atomic<int> failures = 0;
  output_queue queue(out.in(), err.in(), [&] { ++failures; }, {.max_bytes = 10, .last_chance = 1ms});
  for (auto const* url : {"aaaa\n", "bbbb\n", "cccc\n", "dddd\n"}) queue.print(url);
  EXPECT_EQ(failures, 1);
}

TEST(OutputQueue, GoesOnWithoutStderr) {
  small_pipe const out;
  small_pipe err;
  err.close_reader();
  output_queue queue(out.in(), err.in(), never);
  queue.write("message\n");
  queue.print("url\n");
  EXPECT_EQ(out.read_bytes(4), "url\n");
  output_queue closed(out.in(), -1, never);
  closed.write("message\n");
  EXPECT_TRUE(closed.write_if_idle("progress\n"));
  closed.print("url\n");
  EXPECT_EQ(out.read_bytes(4), "url\n");
}

} // namespace
} // namespace memtorrent::cli
