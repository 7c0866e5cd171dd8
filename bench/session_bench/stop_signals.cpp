#include "session_bench/stop_signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace memtorrent::bench {

namespace {

// As nohup(1) has it, and a shell for what runs in its background. The descriptor would tell of it all the same.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

} // namespace

stop_signals::stop_signals() {
  sigset_t stopping;
  sigemptyset(&stopping);
  for (int const signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) sigaddset(&stopping, signal);
  sigprocmask(SIG_BLOCK, &stopping, &m_before);
  m_descriptor = signalfd(-1, &stopping, SFD_CLOEXEC);
  if (m_descriptor < 0) {
    int const error = errno;
    restore();
    throw std::system_error(error, std::generic_category(), "signalfd");
  }
}

stop_signals::~stop_signals() { close(m_descriptor); }

void stop_signals::restore() const { sigprocmask(SIG_SETMASK, &m_before, nullptr); }

} // namespace memtorrent::bench
