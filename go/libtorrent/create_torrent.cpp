#include "create_torrent.hpp"

#include "quietly.hpp"

#include <filesystem>

namespace memtorrent::go {

create_torrent::create_torrent(torrent_info const& info)
    : m_info(info.shared()),
      m_torrent(info.is_valid() ? std::make_unique<lt::create_torrent>(*m_info)
                                : std::make_unique<lt::create_torrent>(m_files)) {}

create_torrent* create_torrent::of_files(std::string const& path, int piece_length_bytes, int flags,
                                         lt::error_code& ec) {
  ec.clear();
  lt::create_flags_t const wanted(static_cast<std::uint32_t>(flags));
  std::unique_ptr<create_torrent> made(new create_torrent);
  return with_error(ec, [&] {
    lt::add_files(made->m_files, path, wanted);
    made->m_torrent = std::make_unique<lt::create_torrent>(made->m_files, piece_length_bytes, wanted);
    lt::set_piece_hashes(*made->m_torrent, std::filesystem::absolute(path).parent_path().string(), ec);
    return ec ? nullptr : made.release();
  });
}

lt::entry create_torrent::generate() const {
  return quietly([&] { return m_torrent->generate(); });
}

} // namespace memtorrent::go
