// The peers of the demo's swarm: each a libtorrent session of its own, on the disk as libtorrent does it by itself.

#pragma once

#include <libtorrent/session.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::demo {

struct demo_swarm_options {
  std::string torrent_path;
  /// Holds the torrent's files.
  std::string folder;
  int seeds = 1;
  /// Of all seeds together.
  int upload_limit_bytes_per_s = 0;
};

/// Seeds on loopback, and nowhere else. One thread: the one that runs the io_context. Destroying it ends the seeds.
class demo_swarm {
 public:
  /// `listening` is called once, from `io`, when peers can connect to all of them: there. Throws `std::runtime_error`
  /// when the torrent cannot be read, and makes the run of `io` throw it when a seed fails.
  demo_swarm(boost::asio::io_context& io, demo_swarm_options const& options,
             std::function<void(std::vector<boost::asio::ip::tcp::endpoint>)> listening);
  demo_swarm(demo_swarm const&) = delete;
  demo_swarm& operator=(demo_swarm const&) = delete;
  ~demo_swarm();

 private:
  void handle_alerts(lt::session& seed);

  std::size_t const m_wanted;
  std::function<void(std::vector<boost::asio::ip::tcp::endpoint>)> const m_listening;
  std::vector<boost::asio::ip::tcp::endpoint> m_endpoints;
  std::vector<std::unique_ptr<lt::session>> m_seeds;
  // Gone with this, which tells a posted step not to run.
  std::shared_ptr<demo_swarm*> m_self;
};

} // namespace memtorrent::demo
