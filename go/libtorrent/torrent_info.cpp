#include "torrent_info.hpp"

#include "quietly.hpp"

#include <libtorrent/file_storage.hpp>

#include <filesystem>

namespace memtorrent::go {

torrent_info* torrent_info::of(lt::torrent_handle const& torrent) {
  return quietly([&]() -> torrent_info* {
    auto info = torrent.torrent_file();
    if (info && info->info_hashes().has_v2()) info = torrent.torrent_file_with_hashes();
    return info ? new torrent_info(std::move(info)) : nullptr;
  });
}

lt::create_torrent* create_torrent_of(std::string const& path, int piece_length_bytes, int flags, lt::error_code& ec) {
  ec.clear();
  lt::file_storage files;
  lt::create_flags_t const wanted(static_cast<std::uint32_t>(flags));
  try {
    lt::add_files(files, path, wanted);
    auto torrent = std::make_unique<lt::create_torrent>(files, piece_length_bytes, wanted);
    lt::set_piece_hashes(*torrent, std::filesystem::absolute(path).parent_path().string(), ec);
    return ec ? nullptr : torrent.release();
  } catch (boost::system::system_error const& error) {
    ec = error.code();
  } catch (std::filesystem::filesystem_error const& error) {
    ec.assign(error.code().value(), boost::system::system_category());
  }
  return nullptr;
}

} // namespace memtorrent::go
