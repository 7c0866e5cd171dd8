#include "support/lone_disk.hpp"

#include "support/event_count.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace memtorrent::test {

lone_disk::lone_disk(disk_kind kind) : m_kind(kind), m_network_thread(std::make_unique<lt::io_context>(1)) {}

void lone_disk::begin_session(lt::disk_io_constructor_type const& constructor, int threads) {
  m_settings.set_int(lt::settings_pack::hashing_threads, threads);
  m_settings.set_int(lt::settings_pack::aio_threads, threads);
  m_io = std::make_unique<answer_watch>(constructor(*m_network_thread, m_settings, m_counters),
                                        has(habit::answers_reads_inside_the_call));
}

void lone_disk::run_until(std::function<bool()> const& done) {
  auto const limit = std::chrono::steady_clock::now() + patience;
  m_network_thread->restart();
  while (!done()) {
    m_io->submit_jobs(); // libtorrent does that after every batch
    if (m_network_thread->run_one_until(limit) == 0) throw std::runtime_error("the disk I/O does not answer");
  }
}

void lone_disk::run_all() {
  run_until([this] { return m_io->outstanding() == 0; });
  // libtorrent's disk threads keep the io_context running while they wait for work.
  if (m_kind == disk_kind::mmap)
    m_network_thread->poll();
  else
    run_to_the_end();
}

void lone_disk::run_to_the_end() {
  m_network_thread->restart();
  m_network_thread->run_for(patience);
  EXPECT_TRUE(m_network_thread->stopped()) << "the disk I/O does not come to an end";
}

bool lone_disk::run_one_ready() {
  m_io->submit_jobs();
  m_network_thread->restart();
  return m_network_thread->poll_one() > 0;
}

void lone_disk::end_session() {
  if (!m_io) return;
  m_io->abort(false);
  run_to_the_end();
  EXPECT_EQ(m_io->outstanding(), 0) << "answers that never came";
  end_session_abruptly();
}

void lone_disk::end_session_abruptly() {
  m_io->forgive_losses();
  m_io.reset();
  m_network_thread.reset();
}

} // namespace memtorrent::test
