// A swarm on loopback, in this process:
//
//   film f({});
//   swarm s;
//   s.seed(f);
//   auto p = s.play(f, 64 << 20);
//   p->reader().read(...)

#pragma once

#include "memtorrent/memory_disk_io.hpp"
#include "memtorrent/torrent_stream.hpp"
#include "support/film.hpp"

#include <libtorrent/alert.hpp>
#include <libtorrent/extensions.hpp>
#include <libtorrent/session.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::test {

/// A libtorrent session that talks on loopback alone, and remembers what went wrong in it.
class loopback_session {
 public:
  explicit loopback_session(lt::disk_io_constructor_type disk = {},
                            std::function<void(lt::settings_pack&)> const& change = {});

  lt::session& session() { return *m_session; }
  [[nodiscard]] lt::tcp::endpoint endpoint();

  /// Waits for an alert that `wanted` accepts; those behind it are for the next call. False when `limit` passed
  /// without.
  bool wait_for(std::function<bool(lt::alert const&)> const& wanted,
                std::chrono::seconds limit = std::chrono::seconds(60));

  /// Waits until `reached` is true, looking again after each alert, and ten times a second for what has no alert.
  bool wait_until(std::function<bool()> const& reached, std::chrono::seconds limit = std::chrono::seconds(60));

  /// One line for each ban, lost peer, failed hash, error or pause since the start. Empty is how it must be.
  std::vector<std::string> problems();
  void forget_problems() { m_problems.clear(); }

  /// Ends the session now.
  void close();

 private:
  /// The next alert, or null if there is none yet.
  lt::alert const* take_alert();

  std::unique_ptr<lt::session> m_session;
  std::vector<lt::alert*> m_alerts; // popped; valid until more are
  std::size_t m_taken = 0;          // of them
  std::vector<std::string> m_problems;
};

/// A memtorrent session that watches one film.
class film_player : public loopback_session {
 public:
  film_player(film const& film, memory_disk_constructor const& ram,
              std::function<void(lt::settings_pack&)> const& change);

  lt::torrent_handle torrent;
  memory_disk disk;
  std::shared_ptr<torrent_stream> stream;

  /// A film that is streamed.
  struct streamed_film {
    lt::torrent_handle torrent;
    std::shared_ptr<torrent_stream> stream;
  };
  /// Another film, of whose peers it knows none. `film` outlives this.
  streamed_film add(film const& film);

  std::unique_ptr<byte_source> open(int file = 0);

  /// Reads [offset, offset + length) of a file and compares every byte. What is wrong, or empty if all is right.
  std::string read_and_compare(byte_source& reader, std::int64_t offset, std::int64_t length, int file = 0);

  /// Whether anything comes at `offset` within `patience`. A read that waits longer is cancelled.
  static bool gets_bytes_at(byte_source& reader, std::int64_t offset);

 private:
  film const& m_film;
};

/// How a seed corrupts what it sends.
struct lie {
  /// One block in so many of each file.
  int one_block_in = 1;
  /// None before this one.
  std::size_t from_block = 0;
  /// Every byte of it is xored with this.
  unsigned char with = 0xff;
};

class swarm {
 public:
  swarm() = default;
  swarm(swarm const&) = delete;
  swarm& operator=(swarm const&) = delete;
  /// Ends all its sessions.
  ~swarm();

  /// Gives each seed from now on an address of its own. libtorrent's smart ban takes peers that share one for each
  /// other.
  void give_seeds_own_addresses() { m_seeds_have_own_addresses = true; }

  /// A session that has the whole film, on libtorrent's own disk I/O.
  loopback_session& seed(film const& film, std::function<void(lt::settings_pack&)> const& change = {});

  /// A session that says it has the whole film, and sends corrupt blocks.
  loopback_session& liar(film const& film, lie const& how);

  /// A session that says it has the whole film, lets itself be asked, and sends nothing.
  loopback_session& silent_seed(film const& film);

  /// A player that knows all seeds.
  std::unique_ptr<film_player> play(film const& film, std::int64_t budget_bytes,
                                    std::function<void(lt::settings_pack&)> const& change = {});

  /// A plain leecher, on libtorrent's own disk I/O, that knows nobody.
  loopback_session& leech(film const& film, std::filesystem::path const& folder,
                          std::function<void(lt::settings_pack&)> const& change = {});

  /// Ends the session that was begun last.
  void end_last() { m_sessions.pop_back(); }

 private:
  using plugin = std::function<std::shared_ptr<lt::torrent_plugin>(lt::torrent_handle const&, lt::client_data_t)>;
  loopback_session& seed_from(film const& film, std::filesystem::path const& folder,
                              std::function<void(lt::settings_pack&)> const& change, plugin const& with = {});

  std::vector<std::unique_ptr<temporary_folder>> m_corrupt; // before the sessions that read it
  std::vector<std::unique_ptr<loopback_session>> m_sessions;
  std::vector<lt::tcp::endpoint> m_seeds;
  bool m_seeds_have_own_addresses = false;
};

} // namespace memtorrent::test
