#include "http/body_sender.hpp"

#include "annotated_mutex.hpp"
#include "memtorrent/error.hpp"
#include "precondition.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace memtorrent::http {

// Any thread may deliver; the sender closes it before it goes.
class body_sender::inbox {
 public:
  explicit inbox(body_sender& owner) : m_owner(&owner) {}

  void deliver(boost::system::error_code ec, file_bytes bytes) {
    locked const lock(m_mutex);
    if (!m_owner) return;
    // Posted under the lock, so that `close` returns only when the executor is no longer used.
    boost::asio::post(m_owner->m_socket.get_executor(),
                      [owner = m_owner->weak_from_this(), ec, arrived = std::move(bytes)]() mutable {
                        if (auto const sender = owner.lock()) sender->on_read(ec, std::move(arrived));
                      });
  }

  void close() {
    locked const lock(m_mutex);
    m_owner = nullptr;
  }

 private:
  annotated_mutex m_mutex;
  body_sender* m_owner GUARDED_BY(m_mutex);
};

body_sender::body_sender(boost::asio::ip::tcp::socket& socket, std::unique_ptr<byte_source> source,
                         std::int64_t offset_bytes, std::int64_t size_bytes, done_handler done)
    : m_socket(socket),
      m_source(std::move(source)),
      m_inbox(std::make_shared<inbox>(*this)),
      m_done(std::move(done)),
      m_read_offset(offset_bytes),
      m_end_offset(offset_bytes + size_bytes) {
  MEMTORRENT_REQUIRE(size_bytes > 0);
}

body_sender::~body_sender() { m_inbox->close(); }

void body_sender::start_reading() { read_next(); }

void body_sender::start_writing() {
  m_may_write = true;
  write_next();
}

void body_sender::stop() {
  m_inbox->close();
  m_source.reset();
  m_ready.clear();
  m_done = nullptr;
}

void body_sender::read_next() {
  // Comes only when nothing is ready and nothing asked for.
  if (m_read_offset == m_end_offset) return;
  m_asked_bytes = std::min(piece_size_bytes, m_end_offset - m_read_offset);
  m_source->async_read(
      m_read_offset, m_asked_bytes,
      [answers = m_inbox](boost::system::error_code ec, file_bytes bytes) { answers->deliver(ec, std::move(bytes)); });
}

void body_sender::on_read(boost::system::error_code ec, file_bytes bytes) {
  if (!m_source) return;
  auto const asked_bytes = std::exchange(m_asked_bytes, 0);
  auto const arrived_bytes =
      std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0},
                      [](std::int64_t sum, block_slice const& slice) { return sum + slice.size_bytes; });
  // An end of the file before the promised length, or more than was asked for, would put the client out of step.
  if (!ec && (arrived_bytes == 0 || arrived_bytes > asked_bytes)) ec = errc::out_of_range;
  if (ec) return finish(outcome::source_failed, ec);

  m_read_offset += arrived_bytes;
  m_ready = std::move(bytes);
  write_next();
}

void body_sender::write_next() {
  if (!m_may_write || !m_writing.empty() || m_ready.empty()) return;
  m_writing = std::exchange(m_ready, {});
  m_written_slices = 0;
  write_some();
  read_next();
}

void body_sender::write_some() {
  // Not asio::async_write, which hands the system at most 64 KiB at a time and keeps all of it until the end.
  std::vector<boost::asio::const_buffer> buffers;
  buffers.reserve(m_writing.size() - m_written_slices);
  for (auto i = m_written_slices; i < m_writing.size(); ++i) {
    buffers.emplace_back(m_writing[i].data, static_cast<std::size_t>(m_writing[i].size_bytes));
  }
  m_socket.async_write_some(buffers, [self = shared_from_this()](boost::system::error_code ec, std::size_t bytes) {
    self->on_written(ec, bytes);
  });
}

void body_sender::on_written(boost::system::error_code ec, std::size_t written_bytes) {
  if (!m_source) return;
  if (ec) return finish(outcome::client_gone, ec);
  while (m_written_slices < m_writing.size()) {
    auto& slice = m_writing[m_written_slices];
    auto const taken = std::min(written_bytes, static_cast<std::size_t>(slice.size_bytes));
    slice.data += taken;
    slice.size_bytes -= static_cast<int>(taken);
    written_bytes -= taken;
    if (slice.size_bytes > 0) return write_some();
    slice = {};
    ++m_written_slices;
  }
  m_writing.clear();
  if (m_ready.empty() && m_read_offset == m_end_offset) return finish(outcome::all_sent, {});
  write_next();
}

void body_sender::finish(outcome how, boost::system::error_code ec) {
  auto const done = std::exchange(m_done, nullptr);
  stop();
  if (done) done(how, ec);
}

} // namespace memtorrent::http
