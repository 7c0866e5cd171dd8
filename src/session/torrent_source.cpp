#include "session/torrent_source.hpp"

#include "http/field_syntax.hpp"
#include "session/byte_size.hpp"
#include "session/printable.hpp"

#include <libtorrent/error_code.hpp>
#include <libtorrent/magnet_uri.hpp>
#include <libtorrent/torrent_info.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace memtorrent::session {

namespace {

bool has_scheme(std::string_view source, std::string_view scheme) {
  return http::equal_ignoring_case(source.substr(0, scheme.size()), scheme);
}

class open_file {
 public:
  explicit open_file(std::string const& path) : m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  open_file(open_file const&) = delete;
  open_file& operator=(open_file const&) = delete;
  ~open_file() {
    if (m_descriptor >= 0) ::close(m_descriptor);
  }
  // As read(2); -1 also when it could not be opened, with errno of that.
  ssize_t read(char* to, std::size_t size) const { return m_descriptor < 0 ? -1 : ::read(m_descriptor, to, size); }

 private:
  int const m_descriptor;
};

// By read(2) and not by its size, so that a pipe will do: memtorrent <(curl ...)
std::string content_of(std::string const& path) {
  open_file const file(path);
  std::string content;
  std::array<char, 65536> part{};
  for (;;) {
    auto const got = file.read(part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw std::runtime_error("cannot read '" + printable(path) + "': " + std::generic_category().message(errno));
    }
    if (got == 0) return content;
    content.append(part.data(), static_cast<std::size_t>(got));
    if (static_cast<std::int64_t>(content.size()) > max_torrent_file_bytes) {
      throw std::runtime_error("'" + printable(path) + "' is no .torrent file: it has more than " +
                               readable_size(max_torrent_file_bytes));
    }
  }
}

} // namespace

source_kind kind_of_source(std::string_view source) {
  if (has_scheme(source, "magnet:")) return source_kind::magnet;
  if (has_scheme(source, "http://") || has_scheme(source, "https://")) return source_kind::url;
  return source_kind::path;
}

lt::add_torrent_params torrent_of_magnet(std::string const& uri) {
  lt::error_code ec;
  auto params = lt::parse_magnet_uri(uri, ec);
  if (ec) throw std::runtime_error("the magnet link cannot be used: " + ec.message());
  return params;
}

lt::add_torrent_params torrent_of_file(std::string const& path) { return torrent_of_bytes(path, content_of(path)); }

lt::add_torrent_params torrent_of_bytes(std::string const& name, lt::span<char const> bytes) {
  lt::error_code ec;
  lt::add_torrent_params params;
  params.ti = std::make_shared<lt::torrent_info>(bytes, ec, lt::from_span);
  if (ec)
    throw std::runtime_error("'" + printable(name) + "' is not a .torrent file that can be used: " + ec.message());
  return params;
}

} // namespace memtorrent::session
