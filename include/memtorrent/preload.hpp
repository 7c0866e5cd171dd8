// Fetches the beginning of a film before it is played, for a player that shows the progress.
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
  /// Of the first bytes of the file and of its ends (`streaming_options`), as far as the torrent's share of the budget
  /// holds them.
  std::int64_t bytes_there = 0;
  std::int64_t bytes_wanted = 0;
  /// How long the rest will take at the present rate. Nothing while no bytes come.
  std::optional<std::chrono::milliseconds> left;
  bool done = false;
};

/// Keeps its window until it is destroyed, or a reader of the file begins to read and takes the window over.
/// Thread safety: all members may be called from any thread.
class preload {
 public:
  using done_handler = std::function<void(boost::system::error_code)>;

  preload() = default;
  preload(preload const&) = delete;
  preload& operator=(preload const&) = delete;
  /// A preload that is not done yet ends with `errc::read_cancelled`.
  virtual ~preload() = default;

  [[nodiscard]] virtual preload_progress progress() const = 0;

  /// Calls `handler` once, inside this call or on libtorrent's network thread, where it must not block:
  ///   - no error: all that is wanted is there, or a reader took over
  ///   - `torrent_removed`, `session_closed`, `read_cancelled`: the rest will not come
  virtual void async_wait(done_handler handler) = 0;

  /// The same as a future.
  std::future<boost::system::error_code> done();
};

} // namespace memtorrent
