#include "cli/output_queue.hpp"

#include "annotated_mutex.hpp"
#include "cli/bounded_text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace memtorrent::cli {

namespace {

using steady_clock = std::chrono::steady_clock;

// A descriptor of our own for what another one is open on; -1 where that is closed.
class descriptor {
 public:
  explicit descriptor(int number) : m_number(number) {}
  descriptor(descriptor const&) = delete;
  descriptor& operator=(descriptor const&) = delete;
  ~descriptor() {
    if (m_number >= 0) close(m_number);
  }

  [[nodiscard]] int number() const { return m_number; }

 private:
  int const m_number;
};

int duplicate(int number) { return fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); }

int make_event() {
  int const event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) throw std::system_error(errno, std::generic_category(), "cannot make an event");
  return event;
}

// Either stdout or stderr.
struct lane {
  lane(int number, std::size_t max_bytes) : to(duplicate(number)), text(max_bytes) {}

  descriptor const to;
  bounded_text text;
  bool is_broken = false;
};

} // namespace

class output_queue::writer {
 public:
  writer(int out, int err, std::function<void()> out_failed, std::size_t max_bytes)
      : m_out_failed(std::move(out_failed)), m_wake(make_event()), m_out(out, max_bytes), m_err(err, max_bytes) {
    m_err.is_broken = m_err.to.number() < 0;
  }

  void print(std::string text);
  void write(std::string text);
  bool write_if_idle(std::string text);
  void end_by(steady_clock::time_point limit);

  // Until the end.
  void run();

 private:
  struct part {
    bool is_of_out = false;
    int descriptor = -1;
    std::size_t size = 0;
    // What fits into a pipe that can take anything at all.
    std::array<char, PIPE_BUF> bytes{};
  };
  // In this order: the wake-up, stdout, stderr.
  using polled_descriptors = std::array<pollfd, 3>;

  void add(lane& to, std::string text) REQUIRES_LOCK(m_mutex);
  void wake() const;
  // False at the end.
  bool wait(polled_descriptors& polled);
  bool take_part(polled_descriptors const& polled, part& taken);
  void on_written(part const& taken, ssize_t written, int error);

  std::function<void()> const m_out_failed;
  descriptor const m_wake;
  annotated_mutex m_mutex;
  lane m_out GUARDED_BY(m_mutex);
  lane m_err GUARDED_BY(m_mutex);
  std::uint64_t m_last_number GUARDED_BY(m_mutex) = 0;
  std::optional<steady_clock::time_point> m_end_by GUARDED_BY(m_mutex);
};

void output_queue::writer::add(lane& to, std::string text) {
  to.text.push(std::move(text), ++m_last_number);
  wake();
}

void output_queue::writer::wake() const {
  std::uint64_t const one = 1;
  // It can only fail because it is awake already.
  [[maybe_unused]] auto const written = ::write(m_wake.number(), &one, sizeof(one));
}

void output_queue::writer::print(std::string text) {
  bool fails = false;
  {
    locked const lock(m_mutex);
    if (m_out.is_broken) return;
    fails = m_out.is_broken = m_out.to.number() < 0 || !m_out.text.has_space_for(text);
    if (!fails) add(m_out, std::move(text));
  }
  if (fails) m_out_failed();
}

void output_queue::writer::write(std::string text) {
  locked const lock(m_mutex);
  if (!m_err.is_broken) add(m_err, std::move(text));
}

bool output_queue::writer::write_if_idle(std::string text) {
  locked const lock(m_mutex);
  if (!m_err.text.is_empty()) return false;
  if (!m_err.is_broken) add(m_err, std::move(text));
  return true;
}

void output_queue::writer::end_by(steady_clock::time_point limit) {
  locked const lock(m_mutex);
  m_end_by = limit;
  wake();
}

void output_queue::writer::run() {
  polled_descriptors polled{};
  part taken;
  while (wait(polled)) {
    if (!take_part(polled, taken)) continue;
    auto const written = ::write(taken.descriptor, taken.bytes.data(), taken.size);
    on_written(taken, written, errno);
  }
}

bool output_queue::writer::wait(polled_descriptors& polled) {
  int limit_ms = -1;
  {
    locked const lock(m_mutex);
    // poll looks past a negative one.
    polled = {pollfd{m_wake.number(), POLLIN, 0}, pollfd{m_out.text.is_empty() ? -1 : m_out.to.number(), POLLOUT, 0},
              pollfd{m_err.text.is_empty() ? -1 : m_err.to.number(), POLLOUT, 0}};
    if (m_end_by) {
      auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(*m_end_by - steady_clock::now());
      if ((m_out.text.is_empty() && m_err.text.is_empty()) || left.count() <= 0) return false;
      limit_ms = static_cast<int>(left.count());
    }
  }
  // A failure is an interruption: it is tried again, and what was asked of poll is not true then.
  if (poll(polled.data(), polled.size(), limit_ms) < 0) polled = {};
  if (polled[0].revents != 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] auto const got = ::read(m_wake.number(), &count, sizeof(count));
  }
  return true;
}

bool output_queue::writer::take_part(polled_descriptors const& polled, part& taken) {
  locked const lock(m_mutex);
  bool const can_out = polled[1].revents != 0 && !m_out.text.is_empty();
  bool const can_err = polled[2].revents != 0 && !m_err.text.is_empty();
  if (!can_out && !can_err) return false;
  taken.is_of_out = can_out && (!can_err || m_out.text.next_number() < m_err.text.next_number());
  auto& from = taken.is_of_out ? m_out : m_err;
  auto const next = from.text.next(taken.bytes.size());
  std::copy(next.begin(), next.end(), taken.bytes.begin());
  taken.size = next.size();
  taken.descriptor = from.to.number();
  return true;
}

void output_queue::writer::on_written(part const& taken, ssize_t written, int error) {
  {
    locked const lock(m_mutex);
    auto& from = taken.is_of_out ? m_out : m_err;
    if (written >= 0) return from.text.pop(static_cast<std::size_t>(written));
    if (error == EINTR || error == EAGAIN) return;
    from.text.clear();
    // At the end nobody waits to hear of it.
    if (std::exchange(from.is_broken, true) || !taken.is_of_out || m_end_by) return;
  }
  m_out_failed();
}

output_queue::output_queue(int out, int err, std::function<void()> out_failed)
    : output_queue(out, err, std::move(out_failed), limits()) {}

output_queue::output_queue(int out, int err, std::function<void()> out_failed, limits const& most)
    : m_last_chance(most.last_chance),
      m_writer(std::make_shared<writer>(out, err, std::move(out_failed), most.max_bytes)) {
  std::promise<void> ended;
  m_ended = ended.get_future();
  m_thread = std::thread([writer = m_writer, ended = std::move(ended)]() mutable {
    writer->run();
    ended.set_value();
  });
}

output_queue::~output_queue() {
  m_writer->end_by(steady_clock::now() + m_last_chance);
  // A terminal may say that it can take something, and then stop in the middle of it. The process can end all the same.
  if (m_ended.wait_for(m_last_chance + std::chrono::seconds(1)) == std::future_status::ready) {
    m_thread.join();
  } else {
    m_thread.detach();
  }
}

void output_queue::print(std::string text) { m_writer->print(std::move(text)); }

void output_queue::write(std::string text) { m_writer->write(std::move(text)); }

bool output_queue::write_if_idle(std::string text) { return m_writer->write_if_idle(std::move(text)); }

} // namespace memtorrent::cli
