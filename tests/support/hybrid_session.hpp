// A session that keeps torrents in RAM or in files, on loopback, and what tests ask of it.

#pragma once

#include "memtorrent/hybrid_disk.hpp"
#include "support/film.hpp"
#include "support/swarm.hpp"

#include <libtorrent/torrent_status.hpp>

#include <filesystem>
#include <functional>
#include <future>
#include <string>

namespace memtorrent::test {

/// How an export ended.
struct exported {
  boost::system::error_code error;
  std::string path;
};

/// All pieces are there and verified, and nothing is being checked.
bool is_seeding(lt::torrent_handle const& torrent);

/// Waits until the torrent has all pieces and all of them are in its files; false if they do not come. libtorrent
/// hashes a piece that it has not yet written (mmap_disk_io::m_store_buffer), so a torrent seeds some milliseconds
/// before its files are complete.
bool comes_whole(loopback_session& session, lt::torrent_handle const& torrent);

class hybrid_session : public loopback_session {
 public:
  explicit hybrid_session(hybrid_disk_config const& config = {},
                          std::function<void(lt::settings_pack&)> const& change = {})
      : hybrid_session(hybrid_disk_constructor(config), change) {}

  hybrid_disk disk;

  /// A torrent that downloads by itself, of whose peers it knows none.
  lt::torrent_handle add(film const& film, std::filesystem::path const& folder, torrent_placement* mark = nullptr);

  /// Downloads the whole torrent from the seed; false if it does not come.
  bool download(lt::torrent_handle const& torrent, loopback_session& seed);

  /// Begins an export.
  std::future<exported> begin_export(lt::torrent_handle const& torrent, std::filesystem::path const& folder);
  /// Begins an export, and runs `meanwhile` on the network thread when the export's writer has begun, in a turn before
  /// the one that learns how the writer ended, however fast that was.
  std::future<exported> begin_export(lt::torrent_handle const& torrent, std::filesystem::path const& folder,
                                     std::function<void()> meanwhile);
  /// Begins an export, and waits for its end.
  exported export_to(lt::torrent_handle const& torrent, std::filesystem::path const& folder);

  /// Runs on the network thread, between two of its turns; returns at once.
  void post(std::function<void()> work);

 private:
  hybrid_session(hybrid_disk_constructor const& disks, std::function<void(lt::settings_pack&)> const& change)
      : loopback_session(disks, change), disk(disks.disk()) {}
};

/// A plain leecher that gets the film from `session`, into a folder of its own. What is wrong, or empty.
std::string leech_from(swarm& swarm, film const& film, loopback_session& session);

/// What is different between the film's files and those below `folder`, by the film's names. Empty if nothing.
std::string differences(film const& film, std::filesystem::path const& folder);

} // namespace memtorrent::test
