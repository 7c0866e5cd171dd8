#include "add_torrent_params.hpp"

#include <libtorrent/magnet_uri.hpp>
#include <libtorrent/read_resume_data.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent::go {

namespace {

// Of the flags, those that resume data hold.
constexpr auto saved_flags =
    lt::torrent_flags::seed_mode | lt::torrent_flags::upload_mode | lt::torrent_flags::share_mode |
    lt::torrent_flags::apply_ip_filter | lt::torrent_flags::paused | lt::torrent_flags::auto_managed |
    lt::torrent_flags::super_seeding | lt::torrent_flags::sequential_download | lt::torrent_flags::stop_when_ready |
    lt::torrent_flags::disable_dht | lt::torrent_flags::disable_lsd | lt::torrent_flags::disable_pex;

template <typename List>
void add_missing(List& list, List const& more) {
  for (auto const& one : more)
    if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
}

void add_missing_trackers(lt::add_torrent_params& params, lt::add_torrent_params const& saved) {
  params.tracker_tiers.resize(params.trackers.size(), 0);
  for (std::size_t i = 0; i < saved.trackers.size(); ++i) {
    if (std::find(params.trackers.begin(), params.trackers.end(), saved.trackers[i]) != params.trackers.end()) continue;
    params.trackers.push_back(saved.trackers[i]);
    params.tracker_tiers.push_back(i < saved.tracker_tiers.size() ? saved.tracker_tiers[i] : 0);
  }
}

} // namespace

lt::sha1_hash add_torrent_params::info_hash_key() const { return key_of(ti ? ti->info_hashes() : info_hashes); }

void add_torrent_params::share(torrent_info const& info) {
  // Its own: libtorrent goes on writing to what it is given.
  ti = std::make_shared<lt::torrent_info>(*info.shared());
  m_metadata.emplace(ti);
}

torrent_info* add_torrent_params::metadata() {
  if (!m_metadata || m_metadata->shared() != ti)
    m_metadata.emplace(ti ? ti : std::make_shared<lt::torrent_info>(lt::info_hash_t()));
  return &*m_metadata;
}

void add_torrent_params::merge_resume_data(std::vector<char> const& resume_data) {
  lt::error_code ec;
  lt::add_torrent_params saved = lt::read_resume_data(resume_data, ec);
  if (ec || (info_hash_key() != lt::sha1_hash() && key_of(saved.info_hashes) != info_hash_key())) return;

  add_missing_trackers(*this, saved);
  add_missing(url_seeds, saved.url_seeds);
  add_missing(http_seeds, saved.http_seeds);
  if (!ti) ti = std::move(saved.ti);
  if (name.empty()) name = std::move(saved.name);
  if (max_connections < 0) max_connections = saved.max_connections;
  info_hashes = saved.info_hashes;
  flags = (flags & ~saved_flags) | (saved.flags & saved_flags);
  max_uploads = saved.max_uploads;
  upload_limit = saved.upload_limit;
  download_limit = saved.download_limit;
  total_uploaded = saved.total_uploaded;
  total_downloaded = saved.total_downloaded;
  active_time = saved.active_time;
  finished_time = saved.finished_time;
  seeding_time = saved.seeding_time;
  added_time = saved.added_time;
  completed_time = saved.completed_time;
  last_seen_complete = saved.last_seen_complete;
  last_download = saved.last_download;
  last_upload = saved.last_upload;
  num_complete = saved.num_complete;
  num_incomplete = saved.num_incomplete;
  num_downloaded = saved.num_downloaded;
  storage_mode = saved.storage_mode;
  file_priorities = std::move(saved.file_priorities);
  piece_priorities = std::move(saved.piece_priorities);
  peers = std::move(saved.peers);
  banned_peers = std::move(saved.banned_peers);
  have_pieces = std::move(saved.have_pieces);
  verified_pieces = std::move(saved.verified_pieces);
  unfinished_pieces = std::move(saved.unfinished_pieces);
  renamed_files = std::move(saved.renamed_files);
  merkle_trees = std::move(saved.merkle_trees);
  merkle_tree_mask = std::move(saved.merkle_tree_mask);
  verified_leaf_hashes = std::move(saved.verified_leaf_hashes);
}

void add_torrent_params::set_file_priorities(std::vector<int> const& priorities) {
  file_priorities.clear();
  for (int const priority : priorities)
    file_priorities.push_back(lt::download_priority_t(static_cast<std::uint8_t>(std::clamp(priority, 0, 7))));
}

void parse_magnet_uri(std::string const& uri, add_torrent_params& params, lt::error_code& ec) {
  lt::parse_magnet_uri(uri, params, ec);
}

} // namespace memtorrent::go
