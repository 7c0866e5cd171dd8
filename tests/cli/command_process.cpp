#include "cli/command_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

extern char** environ;

namespace memtorrent::test {

namespace {

// Only a failing test waits this long, or one that makes a film under a sanitizer on a busy machine.
constexpr std::chrono::milliseconds ending_limit{60'000};

void check(int error, char const* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

std::vector<std::string> environment_with(std::map<std::string, std::string> changes) {
  // The servers of tests are here, whatever proxy this machine goes through.
  changes.emplace("no_proxy", "127.0.0.1");
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    std::string const text(*variable);
    if (!changes.contains(text.substr(0, text.find('=')))) variables.push_back(text);
  }
  for (auto const& [name, value] : changes) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void fill(int pipe) {
  std::string some(static_cast<std::size_t>(fcntl(pipe, F_GETPIPE_SZ)), '.');
  some.back() = '\n';
  auto const written = write(pipe, some.data(), some.size());
  check(written == static_cast<ssize_t>(some.size()) ? 0 : EIO, "filling a pipe");
}

} // namespace

command_process::command_process(std::vector<std::string> arguments)
    : command_process(std::move(arguments), surroundings()) {}

command_process::command_process(std::vector<std::string> arguments, surroundings const& around) {
  arguments.insert(arguments.begin(), MEMTORRENT_BINARY);
  auto variables = environment_with(around.environment);
  int out[2];
  int err[2];
  check(pipe2(out, O_CLOEXEC) == 0 ? 0 : errno, "pipe");
  check(pipe2(err, O_CLOEXEC) == 0 ? 0 : errno, "pipe");
  if (around.pipes_are_full) {
    fill(out[1]);
    fill(err[1]);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (around.out_path.empty()) {
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, around.out_path.c_str(), O_WRONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  int const error = posix_spawn(&m_process, MEMTORRENT_BINARY, &actions, nullptr, pointers_to(arguments).data(),
                                pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  m_out.descriptor = out[0];
  m_err.descriptor = err[0];
  check(error, MEMTORRENT_BINARY);
}

command_process::~command_process() {
  if (m_process > 0) {
    kill(m_process, SIGKILL);
    waitpid(m_process, nullptr, 0);
  }
  close(m_out.descriptor);
  close(m_err.descriptor);
}

bool command_process::pipe_reader::read_more() {
  pollfd readable{descriptor, POLLIN, 0};
  if (poll(&readable, 1, static_cast<int>(ending_limit.count())) <= 0) return false;
  std::array<char, 4096> part{};
  auto const got = read(descriptor, part.data(), part.size());
  if (got <= 0) return false;
  text.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

bool command_process::pipe_reader::read_until_line() {
  while (text.find('\n') == std::string::npos) {
    if (!read_more()) return false;
  }
  return true;
}

std::string command_process::pipe_reader::take_line() {
  auto const end = text.find('\n');
  auto line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

std::string command_process::read_line() { return m_out.read_until_line() ? m_out.take_line() : std::string(); }

bool command_process::says(std::string const& part) {
  while (m_err.read_until_line()) {
    if (m_err.take_line().find(part) != std::string::npos) return true;
  }
  return false;
}

void command_process::send(int signal) const { kill(m_process, signal); }

command_process::ending command_process::wait() {
  // By number: in glibc 2.36, <sys/pidfd.h> is not for C++.
  auto const end = static_cast<int>(syscall(SYS_pidfd_open, m_process, 0));
  check(end < 0 ? errno : 0, "pidfd_open");
  pollfd ended{end, POLLIN, 0};
  if (poll(&ended, 1, static_cast<int>(ending_limit.count())) <= 0) kill(m_process, SIGKILL);
  close(end);
  int status = 0;
  waitpid(std::exchange(m_process, 0), &status, 0);
  while (m_err.read_more()) continue;
  while (m_out.read_more()) continue;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::exchange(m_out.text, {}), std::exchange(m_err.text, {})};
}

command_process::ending command_process::run(std::vector<std::string> arguments) {
  return run(std::move(arguments), surroundings());
}

command_process::ending command_process::run(std::vector<std::string> arguments, surroundings const& around) {
  return command_process(std::move(arguments), around).wait();
}

} // namespace memtorrent::test
