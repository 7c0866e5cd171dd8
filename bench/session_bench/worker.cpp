#include "session_bench/worker.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace memtorrent::bench {

namespace {

// What a text begins with that is the sentence of an exception.
constexpr char failure_mark = '!';

[[noreturn]] void throw_errno(std::string const& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void send_text(int socket, std::string const& text) {
  if (send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) throw_errno("cannot send to the other process");
}

// Empty when the other side is gone. The socket keeps texts apart, so none is empty otherwise.
std::string receive_text(int socket) {
  std::array<char, 4096> text{};
  ssize_t got = 0;
  do {
    got = recv(socket, text.data(), text.size(), 0);
  } while (got < 0 && errno == EINTR);
  return {text.data(), static_cast<std::size_t>(got > 0 ? got : 0)};
}

[[noreturn]] void run(int socket, pid_t parent, worker::job const& work) {
  // Nothing of the parent's is to be destroyed here: hence _exit.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1); // it died before it could be told to take us along
  try {
    channel to_parent(socket);
    work(to_parent);
    _exit(0);
  } catch (std::exception const& error) {
    auto const sentence = failure_mark + std::string(error.what());
    _exit(send(socket, sentence.data(), sentence.size(), MSG_NOSIGNAL) < 0 ? 2 : 1);
  }
}

} // namespace

void channel::send(std::string const& text) { send_text(m_socket, text); }

std::string channel::receive() {
  auto text = receive_text(m_socket);
  if (text.empty()) throw std::runtime_error("the process that measures is gone");
  return text;
}

worker::worker(std::string name, stop_signals const& signals, job const& work)
    : m_name(std::move(name)), m_signals(signals) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) throw_errno("cannot make a socket pair");
  auto const parent = getpid();
  m_process = fork();
  if (m_process == 0) {
    close(ends[0]);
    m_signals.restore();
    run(ends[1], parent, work);
  }
  int const error = errno;
  close(ends[1]);
  m_socket = ends[0];
  if (m_process < 0) {
    close(m_socket);
    throw std::system_error(error, std::generic_category(), "cannot start " + m_name);
  }
}

worker::~worker() {
  if (m_process > 0) {
    kill(m_process, SIGKILL);
    reap();
  }
  close(m_socket);
}

void worker::send(std::string const& text) { send_text(m_socket, text); }

std::string worker::receive(std::chrono::seconds limit) {
  wait_readable(limit);
  auto text = receive_text(m_socket);
  if (text.empty()) throw std::runtime_error(m_name + " ended before it was done");
  if (text.front() == failure_mark) throw std::runtime_error(m_name + ": " + text.substr(1));
  return text;
}

void worker::wait_end(std::chrono::seconds limit) {
  wait_readable(limit);
  if (auto const text = receive_text(m_socket); !text.empty()) throw std::runtime_error(m_name + ": " + text.substr(1));
  reap();
}

void worker::wait_readable(std::chrono::seconds limit) const {
  std::array<pollfd, 2> ends{{{m_socket, POLLIN, 0}, {m_signals.descriptor(), POLLIN, 0}}};
  auto const limit_ms = std::chrono::milliseconds(limit).count();
  int const ready = poll(ends.data(), ends.size(), static_cast<int>(limit_ms));
  if (ready < 0) throw_errno("cannot wait for " + m_name);
  if (ends[1].revents != 0) throw std::runtime_error("stopped");
  if (ready == 0) throw std::runtime_error(m_name + " did nothing for " + std::to_string(limit.count()) + " s");
}

void worker::reap() {
  while (waitpid(m_process, nullptr, 0) < 0 && errno == EINTR) continue;
  m_process = 0;
}

} // namespace memtorrent::bench
