// Film that is fetched before it is played, for a player that shows how far it is.
//
//   auto preload = stream->preload(file, 32 << 20, ec);
//   preload->done().wait();      // or async_wait, or look at progress() now and then

#pragma once

#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>

namespace memtorrent {

struct preload_progress {
  /// Of the first bytes of the file, and of its ends (`streaming_options`). What is wanted is at most what the
  /// torrent's share of the budget holds.
  std::int64_t bytes_there = 0;
  std::int64_t bytes_wanted = 0;
  /// How long the rest will take at the rate of now. Nothing while nothing comes.
  std::optional<std::chrono::milliseconds> left;
  bool done = false;
};

/// Holds its window until it is destroyed, or a reader of the file begins to read: that takes the window over.
/// Thread safety: all members may be called from any thread.
class preload {
 public:
  using done_handler = std::function<void(boost::system::error_code)>;

  preload() = default;
  preload(preload const&) = delete;
  preload& operator=(preload const&) = delete;
  /// A preload that was not done yet is, with `errc::read_cancelled`.
  virtual ~preload() = default;

  [[nodiscard]] virtual preload_progress progress() const = 0;

  /// Calls `handler` once: when all that is wanted is there, or a reader took over (no error), or it cannot come any
  /// more (`torrent_removed`, `session_closed`, `read_cancelled`). Inside this call or on libtorrent's network thread,
  /// where it must not block.
  virtual void async_wait(done_handler handler) = 0;

  /// The same as a future.
  std::future<boost::system::error_code> done();
};

} // namespace memtorrent
