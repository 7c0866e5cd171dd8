// A program that this one starts, reads from, and takes along when it ends.

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::demo {

/// Linux only. The child reads nothing, shares stderr, and is in a process group of its own: Ctrl-C in a terminal is
/// for this process alone, which then ends its children. Should this process be killed, the system kills the child.
///
/// One thread: the one that runs the io_context, and that lives as long as the process (the system takes the end of the
/// thread that starts a child for the end of the process).
class child_process {
 public:
  struct output_handlers {
    /// One line that the child wrote to stdout, without its end.
    std::function<void(std::string const&)> line;
    /// The child closed its stdout, as a rule by ending. The last call.
    std::function<void()> end;
  };

  /// Starts `arguments[0]`, which is looked for in PATH unless it holds a slash. Throws `std::system_error` when that
  /// fails; its code says why: `no_such_file_or_directory` when there is no such program.
  child_process(boost::asio::io_context& io, std::vector<std::string> arguments, output_handlers handlers);
  child_process(child_process const&) = delete;
  child_process& operator=(child_process const&) = delete;
  /// Kills it. No handler is called any more.
  ~child_process();

  /// Waits for its end, and tells how: as waitpid(2). May be called once.
  int wait();

 private:
  class reader;

  std::shared_ptr<reader> m_reader;
  // 0 when there is nothing to wait for any more.
  pid_t m_process = 0;
};

} // namespace memtorrent::demo
