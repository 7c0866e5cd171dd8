// `memtorrent demo`: a film, a swarm that has it, and memtorrent streaming from that swarm, all on this machine.
//
//   ffmpeg --> film, .torrent --> seeders, each a process that tells its port --> memtorrent SOURCE --peer...
//
// Everything happens on the thread that runs the io_context. What goes wrong comes out of its run as an exception.

#pragma once

#include "cli/console.hpp"
#include "cli/options.hpp"
#include "cli/stream_command.hpp"
#include "demo/child_process.hpp"
#include "demo/demo_film.hpp"
#include "demo/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace memtorrent::cli {

using namespace demo;

class demo_command {
 public:
  /// `own_program` is the path by which this program starts itself. The rest is as for `stream_command`.
  demo_command(boost::asio::io_context& io, console& output, demo_options options, std::string own_program,
               std::function<void(std::string const&)> print_url);
  demo_command(demo_command const&) = delete;
  demo_command& operator=(demo_command const&) = delete;

  void start();
  /// As those of `stream_command`.
  void stop();
  void finish() { m_stream.finish(); }

 private:
  void start_seeders();
  void on_seeder_listens(std::string const& port);
  [[nodiscard]] stream_options options_of_stream() const;

  boost::asio::io_context& m_io;
  console& m_console;
  demo_options const m_options;
  std::string const m_own_program;

  temporary_directory m_directory;
  std::optional<demo_film> m_film;
  std::vector<std::unique_ptr<child_process>> m_seeders;
  std::size_t m_seeders_listening = 0;
  // Made before the film is, so that a port that is taken is told at once; starts when the swarm is there.
  stream_command m_stream;
};

} // namespace memtorrent::cli
