#include "support/uniform_torrent.hpp"

#include "support/layout.hpp"

#include <libtorrent/alert_types.hpp>
#include <libtorrent/create_torrent.hpp>
#include <libtorrent/hasher.hpp>

#include <iterator>
#include <stdexcept>
#include <utility>

namespace memtorrent::test {

uniform_torrent::uniform_torrent(int pieces, int piece_length_bytes, std::string name)
    : m_piece(noise(static_cast<std::size_t>(piece_length_bytes), 1)) {
  lt::file_storage files;
  files.add_file(std::move(name), std::int64_t{pieces} * piece_length_bytes);
  lt::create_torrent torrent(files, piece_length_bytes, lt::create_torrent::v1_only);
  auto const hash = lt::hasher(m_piece).final();
  for (auto const piece : torrent.piece_range()) torrent.set_hash(piece, hash);
  std::vector<char> encoded;
  lt::bencode(std::back_inserter(encoded), torrent.generate());
  m_info = std::make_shared<lt::torrent_info>(encoded, lt::from_span);
}

lt::torrent_handle ram_session::add(uniform_torrent const& torrent, lt::add_torrent_params params) {
  params.ti = torrent.info();
  params.save_path = "/";
  params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
  auto const handle = session().add_torrent(std::move(params));
  auto const is_checked = [&](lt::alert const& a) {
    auto const* const checked = lt::alert_cast<lt::torrent_checked_alert>(&a);
    return checked && checked->handle == handle;
  };
  if (!wait_for(is_checked)) throw std::runtime_error("the torrent was not added");
  return handle;
}

void ram_session::put(lt::torrent_handle const& handle, uniform_torrent const& torrent, int begin, int end) {
  for (int piece = begin; piece < end; ++piece) {
    handle.add_piece(lt::piece_index_t(piece), torrent.piece().data());
    auto const is_finished = [&](lt::alert const& a) {
      auto const* const finished = lt::alert_cast<lt::piece_finished_alert>(&a);
      return finished && finished->handle == handle && finished->piece_index == lt::piece_index_t(piece);
    };
    if (!wait_for(is_finished)) throw std::runtime_error("a piece was not taken");
  }
}

} // namespace memtorrent::test
