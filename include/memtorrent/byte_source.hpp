// What a player reads from: one file's bytes by offset, as counted references to blocks.
//
// `torrent_stream::open` gives one for a file of a torrent. It is an interface so that whatever serves bytes (HTTP, an
// embedder's own player) is tested without a session.

#pragma once

#include "memtorrent/block_ref.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace memtorrent {

/// Consecutive bytes of a file, in order. While it lives, their memory counts in the budget: destroy it soon.
using file_bytes = std::vector<block_slice>;

class byte_source {
 public:
  using read_handler = std::function<void(boost::system::error_code, file_bytes)>;

  byte_source() = default;
  byte_source(byte_source const&) = delete;
  byte_source& operator=(byte_source const&) = delete;

  /// Ends the reader at once: a read that waits completes with `errc::read_cancelled`, and the window is left.
  virtual ~byte_source() = default;

  /// Length of the file in bytes. Any thread.
  [[nodiscard]] virtual std::int64_t size_bytes() const noexcept = 0;

  /// Reads what is there from `offset` on: at least one byte, for which it waits, and at most `max_bytes`. A read that
  /// does not begin where the last one ended is a seek: the window moves there.
  ///
  /// At `offset == size_bytes()` it completes with no error and no bytes (end of file); beyond that, or below 0, with
  /// `errc::out_of_range`. Other errors: `torrent_removed`, `session_closed`, `read_cancelled`.
  ///
  /// Threads: any. The handler runs exactly once, either inside this call or on libtorrent's network thread; it must
  /// not block, so post to your own executor from it. REQUIRES: no other read of this reader is waiting.
  virtual void async_read(std::int64_t offset, std::int64_t max_bytes, read_handler handler) = 0;

  /// The same, blocking. Not on libtorrent's network thread, which would wait for itself.
  file_bytes read(std::int64_t offset, std::int64_t max_bytes, boost::system::error_code& ec);

  /// Completes a waiting read with `errc::read_cancelled`. The reader can be read from again. Any thread.
  virtual void cancel() = 0;
};

} // namespace memtorrent
