// `memtorrent demo`: a film, a swarm that has it, and memtorrent streaming from that swarm, all on this machine.
//
//   ffmpeg --> film, .torrent --> seeds in this process, each with a port --> memtorrent SOURCE --peer...
//
// Everything happens on the thread that runs the io_context. What goes wrong comes out of its run as an exception.

#pragma once

#include "cli/console.hpp"
#include "cli/options.hpp"
#include "cli/stream_command.hpp"
#include "demo/demo_film.hpp"
#include "demo/demo_swarm.hpp"
#include "demo/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>

namespace memtorrent::cli {

class demo_command {
 public:
  /// As for `stream_command`.
  demo_command(boost::asio::io_context& io, console& output, demo_options options,
               std::function<void(std::string const&)> print_url);
  demo_command(demo_command const&) = delete;
  demo_command& operator=(demo_command const&) = delete;

  void start();
  /// As those of `stream_command`.
  void stop();
  void finish() { m_stream.finish(); }

 private:
  void start_swarm();
  [[nodiscard]] stream_options options_of_stream() const;

  boost::asio::io_context& m_io;
  console& m_console;
  demo_options const m_options;

  demo::temporary_directory m_directory;
  std::optional<demo::demo_film> m_film;
  std::optional<demo::demo_swarm> m_swarm;
  // Made before the film is, so that a port that is taken is told at once; starts when the swarm is there.
  stream_command m_stream;
};

} // namespace memtorrent::cli
