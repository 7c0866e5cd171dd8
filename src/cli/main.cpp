// The memtorrent command.

#include "cli/console.hpp"
#include "cli/demo_command.hpp"
#include "cli/options.hpp"
#include "cli/output_queue.hpp"
#include "cli/run_until_stopped.hpp"
#include "cli/stream_command.hpp"
#include "cli/usage_error.hpp"
#include "session/printable.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace {

using namespace memtorrent::cli;
using memtorrent::session::printable;

constexpr int exit_success = 0;
constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

std::string complaint(std::exception const& error) { return "memtorrent: " + printable(error.what()); }

// A command that streams: stream_command, or demo_command around one. What it says, also of its failure, waits for
// nobody who reads.
template <typename Command, typename Options>
int run_streaming(Options const& options) {
  boost::asio::io_context io(1);
  output_queue queue(STDOUT_FILENO, STDERR_FILENO, [&io] {
    boost::asio::post(io, [] { throw std::runtime_error("cannot write to standard output"); });
  });
  console output(queue, console::columns_of_stderr());
  try {
    Command command(io, output, options, [&queue](std::string const& url) { queue.print(url + "\n"); });
    run_until_stopped(
        io, [&] { command.start(); }, [&] { command.stop(); });
    command.finish();
    return exit_success;
  } catch (std::exception const& error) {
    output.message(complaint(error));
    return exit_failure;
  }
}

struct runner {
  int operator()(stream_options const& options) const { return run_streaming<stream_command>(options); }
  int operator()(demo_options const& options) const { return run_streaming<demo_command>(options); }
  int operator()(information const& information) const {
    std::cout << information.text << std::flush;
    if (!std::cout) throw std::runtime_error("cannot write to standard output");
    return exit_success;
  }
};

int report(std::exception const& error, int exit_code) {
  std::cerr << complaint(error) << std::endl;
  return exit_code;
}

} // namespace

int main(int argc, char** argv) {
  // By default glibc makes up to eight heaps a processor, each of which keeps what it once needed. The film is not in
  // them; two are plenty, and on a small machine the difference counts.
  mallopt(M_ARENA_MAX, 2); // NOLINT(concurrency-mt-unsafe): there is one thread yet
  // Left to itself glibc soon takes buffers of many MiB from the heaps too, which then keep them: 20 MiB in
  // films.bounded. With these limits they go back, and a heap still keeps enough that reading is as fast; with less
  // than that (the 128 KiB that it keeps when only the first is set) it took 1.4 times as long.
  mallopt(M_MMAP_THRESHOLD, 1 << 20); // NOLINT(concurrency-mt-unsafe)
  mallopt(M_TRIM_THRESHOLD, 4 << 20); // NOLINT(concurrency-mt-unsafe)
  // A reader of our output that goes away is an error where it is noticed, not the end of the process.
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return exit_failure;
  try {
    return std::visit(runner{}, parse_command_line(std::vector<std::string>(argv + 1, argv + argc)));
  } catch (usage_error const& error) {
    return report(error, exit_usage);
  } catch (std::exception const& error) {
    return report(error, exit_failure);
  }
}
