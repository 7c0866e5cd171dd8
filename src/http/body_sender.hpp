// Sends part of a file: reads it from a byte_source and writes it to a socket, straight out of the blocks.
//
//      byte_source --async_read--> one piece that is ready --> one piece that is being written --> socket
//
// A piece is at most 512 KiB. The next one is read while one is written, and none beyond that, so that a connection
// holds about 1 MiB of the memory budget at most, however long its player pauses. Each block is let go as soon as the
// socket has taken it.
//
// A byte_source answers inside the call or on another thread. Its answer goes through an inbox, which posts it to the
// server's thread while the sender lives and drops it afterwards. So an answer that comes late, after the sender and
// even the io_context are gone, touches nothing.
//
// Threads: all members on the one thread that runs the socket's executor.

#pragma once

#include "memtorrent/byte_source.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace memtorrent::http {

class body_sender : public std::enable_shared_from_this<body_sender> {
 public:
  enum class outcome {
    all_sent,
    /// The socket failed: the client is gone.
    client_gone,
    /// The source failed or ended early. The client has been promised more than it got.
    source_failed,
  };
  /// Runs at most once, never inside a call of a member, and not after `stop`.
  using done_handler = std::function<void(outcome, boost::system::error_code)>;

  static constexpr std::int64_t piece_size_bytes = std::int64_t{512} * 1024;

  /// Sends `size_bytes` from `offset_bytes` on. REQUIRES: `size_bytes` > 0; `socket` lives until `stop` or `done`.
  body_sender(boost::asio::ip::tcp::socket& socket, std::unique_ptr<byte_source> source, std::int64_t offset_bytes,
              std::int64_t size_bytes, done_handler done);
  body_sender(body_sender const&) = delete;
  body_sender& operator=(body_sender const&) = delete;
  ~body_sender();

  /// Starts the first read. Comes before `start_writing`, so that the first bytes are fetched while the header goes
  /// out.
  void start_reading();

  /// The header is out: the body may follow.
  void start_writing();

  /// Destroys the source now, so that its window is given up now. Blocks that the socket is writing from follow when
  /// the socket lets go of them: close it.
  void stop();

 private:
  class inbox;

  void read_next();
  void on_read(boost::system::error_code ec, file_bytes bytes);
  void write_next();
  void write_some();
  void on_written(boost::system::error_code ec, std::size_t written_bytes);
  void finish(outcome how, boost::system::error_code ec);

  boost::asio::ip::tcp::socket& m_socket;
  std::unique_ptr<byte_source> m_source;
  std::shared_ptr<inbox> m_inbox;
  done_handler m_done;

  std::int64_t m_read_offset;
  std::int64_t const m_end_offset;
  // Asked of the source and not yet answered; 0 when nothing is.
  std::int64_t m_asked_bytes = 0;

  file_bytes m_ready;
  file_bytes m_writing;
  // Slices of `m_writing` that the socket has taken and that were let go.
  std::size_t m_written_slices = 0;
  bool m_may_write = false;
};

} // namespace memtorrent::http
