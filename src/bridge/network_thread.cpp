#include "bridge/network_thread.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <utility>

namespace memtorrent {

bool network_thread::post(std::function<void()> work) {
  locked const lock(m_mutex);
  if (!m_io) return false;
  boost::asio::post(*m_io, [self = shared_from_this(), work = std::move(work)] {
    if (self->is_open()) work();
  });
  return true;
}

bool network_thread::is_open() const {
  locked const lock(m_mutex);
  return m_io != nullptr;
}

void network_thread::open(lt::io_context& io) {
  locked const lock(m_mutex);
  if (std::exchange(m_was_opened, true))
    throw std::logic_error("a memory_disk_constructor serves one session; make another one for the second");
  m_io = &io;
}

void network_thread::close() noexcept {
  locked const lock(m_mutex);
  m_io = nullptr;
}

} // namespace memtorrent
