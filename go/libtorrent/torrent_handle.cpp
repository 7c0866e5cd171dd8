#include "torrent_handle.hpp"

#include "memtorrent/torrent_pieces.hpp"
#include "quietly.hpp"
#include "torrent_info.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace memtorrent::go {

namespace {

lt::download_priority_t priority_of(int priority) {
  return lt::download_priority_t(static_cast<std::uint8_t>(std::clamp(priority, 0, 7)));
}

std::vector<lt::download_priority_t> priorities_of(std::vector<int> const& priorities) {
  std::vector<lt::download_priority_t> result;
  result.reserve(priorities.size());
  for (int const priority : priorities) result.push_back(priority_of(priority));
  return result;
}

std::vector<int> numbers_of(std::vector<lt::download_priority_t> const& priorities) {
  std::vector<int> result;
  result.reserve(priorities.size());
  for (auto const priority : priorities) result.push_back(static_cast<int>(static_cast<std::uint8_t>(priority)));
  return result;
}

// 0 before the metadata.
int num_pieces(lt::torrent_handle const& torrent) {
  auto const info = torrent.torrent_file();
  return info ? info->num_pieces() : 0;
}

// libtorrent takes a piece that does not exist for a broken promise.
bool has_piece_index(lt::torrent_handle const& torrent, int piece) { return piece >= 0 && piece < num_pieces(torrent); }

// Priorities of the first pieces; the others keep theirs.
void prioritize_first_pieces(lt::torrent_handle const& torrent,
                             std::vector<lt::download_priority_t> const& priorities) {
  std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> pieces;
  pieces.reserve(priorities.size());
  lt::piece_index_t piece(0);
  for (auto const priority : priorities) {
    // Else it would be downloaded all the same. First, because this leaves it with a low priority.
    if (priority == lt::dont_download) torrent.reset_piece_deadline(piece);
    pieces.emplace_back(piece++, priority);
  }
  torrent.prioritize_pieces(pieces);
}

template <typename Visit>
void for_each_answer(lt::announce_entry const& tracker, Visit visit) {
  for (auto const& endpoint : tracker.endpoints)
    for (auto const& answer : endpoint.info_hashes) visit(answer);
}

} // namespace

lt::torrent_status status(lt::torrent_handle const& torrent, unsigned int flags) {
  return quietly([&] { return torrent.status(lt::status_flags_t(flags)); });
}

lt::sha1_hash info_hash(lt::torrent_handle const& torrent) {
  return quietly([&] { return key_of(torrent.info_hashes()); });
}

void set_flag(lt::torrent_handle const& torrent, lt::torrent_flags_t flag, bool value) {
  quietly([&] { value ? torrent.set_flags(flag) : torrent.unset_flags(flag); });
}

void pause(lt::torrent_handle const& torrent, int flags) {
  quietly([&] { torrent.pause(lt::pause_flags_t(static_cast<std::uint8_t>(flags))); });
}

void resume(lt::torrent_handle const& torrent) {
  quietly([&] { torrent.resume(); });
}

void save_resume_data(lt::torrent_handle const& torrent, int flags) {
  quietly([&] { torrent.save_resume_data(lt::resume_data_flags_t(static_cast<std::uint8_t>(flags))); });
}

void force_recheck(lt::torrent_handle const& torrent) {
  quietly([&] { torrent.force_recheck(); });
}

void force_reannounce(lt::torrent_handle const& torrent, int seconds, int tracker) {
  quietly([&] { torrent.force_reannounce(seconds, tracker); });
}

void force_dht_announce(lt::torrent_handle const& torrent) {
  quietly([&] { torrent.force_dht_announce(); });
}

void connect_peer(lt::torrent_handle const& torrent, std::string const& address, int port) {
  lt::error_code ec;
  auto const parsed = boost::asio::ip::make_address(address, ec);
  if (ec || port <= 0 || port > 0xffff) return;
  quietly([&] { torrent.connect_peer({parsed, static_cast<std::uint16_t>(port)}); });
}

void move_storage(lt::torrent_handle const& torrent, std::string const& path) {
  quietly([&] { torrent.move_storage(path); });
}

std::vector<int> file_priorities(lt::torrent_handle const& torrent) {
  return quietly([&] { return numbers_of(torrent.get_file_priorities()); });
}

void prioritize_files(lt::torrent_handle const& torrent, std::vector<int> const& priorities) {
  quietly([&] { torrent.prioritize_files(priorities_of(priorities)); });
}

int file_priority(lt::torrent_handle const& torrent, int file) {
  auto const all = file_priorities(torrent);
  return file >= 0 && static_cast<std::size_t>(file) < all.size() ? all[static_cast<std::size_t>(file)] : 0;
}

void set_file_priority(lt::torrent_handle const& torrent, int file, int priority) {
  if (file < 0) return;
  quietly([&] { torrent.file_priority(lt::file_index_t(file), priority_of(priority)); });
}

std::vector<int> piece_priorities(lt::torrent_handle const& torrent) {
  return quietly([&] { return numbers_of(torrent.get_piece_priorities()); });
}

void prioritize_pieces(lt::torrent_handle const& torrent, std::vector<int> const& priorities) {
  quietly([&] {
    // Of another length than the torrent, libtorrent would write and read past the ends of what it has.
    auto const size = static_cast<std::size_t>(num_pieces(torrent));
    if (size == 0) return;
    auto wanted = priorities_of(priorities);
    if (wanted.size() > size) wanted.resize(size);
    wanted.size() == size ? torrent.prioritize_pieces(wanted) : prioritize_first_pieces(torrent, wanted);
  });
}

int piece_priority(lt::torrent_handle const& torrent, int piece) {
  return quietly([&] {
    if (!has_piece_index(torrent, piece)) return 0;
    return static_cast<int>(static_cast<std::uint8_t>(torrent.piece_priority(lt::piece_index_t(piece))));
  });
}

void set_piece_priority(lt::torrent_handle const& torrent, int piece, int priority) {
  quietly([&] {
    if (has_piece_index(torrent, piece)) torrent.piece_priority(lt::piece_index_t(piece), priority_of(priority));
  });
}

void set_piece_deadline(lt::torrent_handle const& torrent, int piece, int milliseconds, int flags) {
  quietly([&] {
    if (!has_piece_index(torrent, piece)) return;
    lt::piece_index_t const index(piece);
    if (auto const pieces = torrent_pieces::of(torrent)) pieces->expect(index);
    torrent.set_piece_deadline(index, milliseconds, lt::deadline_flags_t(static_cast<std::uint8_t>(flags)));
  });
}

void reset_piece_deadline(lt::torrent_handle const& torrent, int piece) {
  quietly([&] {
    if (has_piece_index(torrent, piece)) torrent.reset_piece_deadline(lt::piece_index_t(piece));
  });
}

void clear_piece_deadlines(lt::torrent_handle const& torrent) {
  quietly([&] { torrent.clear_piece_deadlines(); });
}

bool have_piece(lt::torrent_handle const& torrent, int piece) {
  return quietly([&] { return has_piece_index(torrent, piece) && torrent.have_piece(lt::piece_index_t(piece)); });
}

void get_download_queue(lt::torrent_handle const& torrent, std::vector<lt::partial_piece_info>& queue) {
  queue.clear();
  quietly([&] { torrent.get_download_queue(queue); });
}

std::vector<lt::announce_entry> trackers(lt::torrent_handle const& torrent) {
  return quietly([&] { return torrent.trackers(); });
}

void replace_trackers(lt::torrent_handle const& torrent, std::vector<lt::announce_entry> const& trackers) {
  quietly([&] { torrent.replace_trackers(trackers); });
}

void add_tracker(lt::torrent_handle const& torrent, lt::announce_entry const& tracker) {
  quietly([&] { torrent.add_tracker(tracker); });
}

int scrape_complete(lt::announce_entry const& tracker) {
  int most = -1;
  for_each_answer(tracker, [&](auto const& answer) { most = std::max(most, answer.scrape_complete); });
  return most;
}

int scrape_incomplete(lt::announce_entry const& tracker) {
  int most = -1;
  for_each_answer(tracker, [&](auto const& answer) { most = std::max(most, answer.scrape_incomplete); });
  return most;
}

bool is_updating(lt::announce_entry const& tracker) {
  bool any = false;
  for_each_answer(tracker, [&](auto const& answer) { any |= answer.updating; });
  return any;
}

bool is_working(lt::announce_entry const& tracker) {
  bool any_works = false;
  bool any_fails = false;
  for_each_answer(tracker, [&](auto const& answer) {
    any_fails |= answer.fails > 0;
    any_works |= answer.fails == 0 && answer.start_sent;
  });
  return any_works || !any_fails;
}

std::string message(lt::announce_entry const& tracker) {
  std::string first;
  for_each_answer(tracker, [&](auto const& answer) {
    if (first.empty()) first = answer.message;
  });
  return first;
}

} // namespace memtorrent::go
