// The film of the demo: made by ffmpeg, so that there is something to stream without internet.

#pragma once

#include "demo/child_process.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace memtorrent::demo {

/// Makes a moving test picture with a running clock and a beep, of about 2.2 MiB a second. One thread: the one that
/// runs the io_context. Destroying it ends ffmpeg.
class demo_film {
 public:
  /// Called from `io`; neither is empty, and neither may destroy the object.
  struct events {
    /// How much of the film there is.
    std::function<void(int percent)> progress;
    std::function<void()> done;
  };

  /// Throws `std::runtime_error` when ffmpeg is not there, and makes the run of `io` throw it when it fails.
  demo_film(boost::asio::io_context& io, std::filesystem::path const& file, int seconds, events told);

 private:
  void on_line(std::string const& line);
  void on_end();

  int const m_seconds;
  events const m_events;
  std::unique_ptr<child_process> m_ffmpeg;
};

/// Makes a .torrent of one file, and writes it. Throws `std::runtime_error`. Any thread; takes the time to hash the
/// file.
void make_torrent(std::filesystem::path const& file, std::filesystem::path const& torrent);

} // namespace memtorrent::demo
