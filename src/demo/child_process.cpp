#include "demo/child_process.hpp"

#include <boost/asio/buffer.hpp>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

namespace memtorrent::demo {

namespace {

[[noreturn]] void throw_errno(int error, std::string const& what) {
  throw std::system_error(error, std::generic_category(), what);
}

struct descriptor_pair {
  int read_end = -1;
  int write_end = -1;
};

descriptor_pair open_pipe() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno(errno, "cannot make a pipe");
  return {ends[0], ends[1]};
}

// Runs in the child between fork and exec, where only async-signal-safe functions may be called (signal-safety(7)).
// Returns when that failed, with errno.
void become(char* const* arguments, int output, pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  // It may have died before it could be told to take us along.
  if (getppid() != parent) _exit(0);
  if (setpgid(0, 0) != 0) return;
  // What this process ignores, the child would ignore too.
  if (std::signal(SIGPIPE, SIG_DFL) == SIG_ERR) return;
  int const nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) return;
  // What this process has open stays its own: with a copy of the HTTP port in the child, it would not be free again.
  if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return;
  execvp(arguments[0], arguments);
}

// 0, or the errno for which the child could not start. The pipe closes by itself when it could.
int start_error(int from) {
  int error = 0;
  ssize_t got = 0;
  do {
    got = read(from, &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  return got == sizeof(error) ? error : 0;
}

} // namespace

class child_process::reader : public std::enable_shared_from_this<reader> {
 public:
  reader(boost::asio::io_context& io, int descriptor, output_handlers handlers)
      : m_descriptor(io, descriptor), m_handlers(std::move(handlers)) {}

  void read() {
    m_descriptor.async_read_some(boost::asio::buffer(m_part),
                                 [self = shared_from_this()](boost::system::error_code ec, std::size_t got) {
                                   if (!self->m_descriptor.is_open()) return;
                                   self->on_read(ec, {self->m_part.data(), got});
                                 });
  }

  void close() {
    // Only read from; closing it cannot lose anything.
    boost::system::error_code ignored;
    m_descriptor.close(ignored);
  }

 private:
  void on_read(boost::system::error_code ec, std::string_view got) {
    m_text.append(got);
    for (auto end = m_text.find('\n'); end != std::string::npos; end = m_text.find('\n')) {
      auto const line = m_text.substr(0, end);
      m_text.erase(0, end + 1);
      m_handlers.line(line);
      if (!m_descriptor.is_open()) return; // the handler destroyed the child
    }
    // An error is the end as well: on a pipe there is none but a broken end.
    if (ec) {
      close();
      return m_handlers.end();
    }
    read();
  }

  boost::asio::posix::stream_descriptor m_descriptor;
  output_handlers const m_handlers;
  std::array<char, 4096> m_part{};
  std::string m_text;
};

child_process::child_process(boost::asio::io_context& io, std::vector<std::string> arguments,
                             output_handlers handlers) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  auto const output = open_pipe();
  auto const failure = open_pipe();
  auto const parent = getpid();

  // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer): the pipes come first.
  m_process = fork();
  if (m_process == 0) {
    become(pointers.data(), output.write_end, parent);
    int const error = errno;
    // Without a reader there is nobody to tell.
    _exit(write(failure.write_end, &error, sizeof(error)) == sizeof(error) ? 127 : 126);
  }
  int const fork_error = m_process < 0 ? errno : 0;
  close(output.write_end);
  close(failure.write_end);
  int const error = fork_error != 0 ? fork_error : start_error(failure.read_end);
  close(failure.read_end);
  if (error != 0) {
    close(output.read_end);
    if (m_process > 0) wait();
    m_process = 0;
    throw_errno(error, "cannot start " + arguments.front());
  }
  m_reader = std::make_shared<reader>(io, output.read_end, std::move(handlers));
  m_reader->read();
}

child_process::~child_process() {
  m_reader->close();
  if (m_process <= 0) return;
  kill(m_process, SIGKILL);
  wait();
}

int child_process::wait() {
  int status = 0;
  while (waitpid(m_process, &status, 0) < 0 && errno == EINTR) continue;
  m_process = 0;
  return status;
}

} // namespace memtorrent::demo
