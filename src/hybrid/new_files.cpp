#include "hybrid/new_files.hpp"

#include "memtorrent/error.hpp"
#include "precondition.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

namespace memtorrent {

namespace {

static_assert(sizeof(off_t) >= sizeof(std::int64_t), "films are larger than 2 GiB: compile with _FILE_OFFSET_BITS=64");

export_failure failed_with(int error, std::filesystem::path const& path) {
  return {boost::system::error_code(error, boost::system::system_category()), path.string()};
}

bool lies_below(std::filesystem::path const& path, std::filesystem::path const& folder) {
  auto const relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != ".." && *relative.begin() != ".";
}

} // namespace

export_failure plan_files(lt::file_storage const& names, std::filesystem::path const& folder,
                          std::vector<planned_file>& files) {
  for (auto const file : names.file_range()) {
    if (names.pad_file_at(file) || (names.file_flags(file) & lt::file_storage::flag_symlink)) continue;
    auto const path = std::filesystem::path(names.file_path(file, folder.string())).lexically_normal();
    if (!lies_below(path, folder)) return {errc::outside_folder, path.string()};
    std::int64_t const begin = names.file_offset(file);
    files.push_back({{begin, begin + names.file_size(file)}, path});
  }
  return {};
}

new_files::~new_files() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

export_failure new_files::make_empty_files() {
  for (std::size_t file = 0; file < m_files.size(); ++file)
    if (!m_was_made[file] && size_of(file) == 0)
      if (auto failure = open(file)) return failure;
  return close();
}

export_failure new_files::write(std::size_t file, std::int64_t offset, lt::span<char const> bytes) {
  MEMTORRENT_REQUIRE(m_files[file].in_torrent.begin <= offset && offset + bytes.size() <= m_files[file].in_torrent.end);
  if (m_descriptor < 0 || m_open_file != file)
    if (auto failure = open(file)) return failure;
  std::int64_t in_file = offset - m_files[file].in_torrent.begin;
  while (!bytes.empty()) {
    auto const written = ::pwrite(m_descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()), in_file);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed_with(errno, m_files[file].path);
    in_file += written;
    bytes = bytes.subspan(written);
  }
  return {};
}

export_failure new_files::open(std::size_t file) {
  if (auto failure = close()) return failure;
  auto const& path = m_files[file].path;
  if (!m_was_made[file])
    if (auto failure = make_folders(path.parent_path())) return failure;

  // O_EXCL: the system itself refuses a file or a link that exists.
  int const only_if_new = m_was_made[file] ? 0 : O_CREAT | O_EXCL;
  m_descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | only_if_new, 0666);
  if (m_descriptor < 0) return failed_with(errno, path);
  m_open_file = file;
  if (!m_was_made[file]) m_unsynced_folders.insert(path.parent_path());
  m_was_made[file] = true;
  return {};
}

export_failure new_files::make_folders(std::filesystem::path const& folder) {
  std::error_code ec;
  std::vector<std::filesystem::path> missing;
  for (auto f = folder; !std::filesystem::exists(f, ec) && f.has_relative_path(); f = f.parent_path())
    missing.push_back(f);
  for (; !missing.empty(); missing.pop_back()) {
    bool const made = std::filesystem::create_directory(missing.back(), ec);
    if (ec) return failed_with(ec.value(), missing.back());
    if (made) m_made_folders.push_back(missing.back());
    m_unsynced_folders.insert(missing.back().parent_path());
  }
  return {};
}

namespace {

// A file must have its full size: where it ends early, a check skips the rest (torrent::on_piece_hashed). Done last,
// because a file system without holes writes zeros for it, and flash should not be written twice.
int extend(int descriptor, std::int64_t size) {
  struct stat now {};
  if (::fstat(descriptor, &now) < 0) return -1;
  return now.st_size < size ? ::ftruncate(descriptor, size) : 0;
}

} // namespace

export_failure new_files::close() {
  int const descriptor = std::exchange(m_descriptor, -1);
  if (descriptor < 0) return {};
  bool const safe = extend(descriptor, size_of(m_open_file)) == 0 && m_sync(descriptor) == 0;
  int const error = safe ? 0 : errno;
  int const close_error = ::close(descriptor) < 0 ? errno : 0;
  if (error == 0 && close_error == 0) return {};
  return failed_with(error != 0 ? error : close_error, m_files[m_open_file].path);
}

export_failure new_files::sync_folders() {
  MEMTORRENT_REQUIRE(m_descriptor < 0);
  while (!m_unsynced_folders.empty()) {
    auto const innermost = std::prev(m_unsynced_folders.end());
    int const folder = ::open(innermost->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return failed_with(errno, *innermost);
    int const error = m_sync(folder) == 0 ? 0 : errno;
    ::close(folder);
    // EINVAL: the file system keeps its folders in a way of its own, without sync (fsync(2)).
    if (error != 0 && error != EINVAL) return failed_with(error, *innermost);
    m_unsynced_folders.erase(innermost);
  }
  return {};
}

void new_files::remove() {
  if (m_descriptor >= 0) ::close(std::exchange(m_descriptor, -1));
  std::error_code ignored; // this cleans up after an error or a cancel, and can do no more
  for (std::size_t file = 0; file < m_files.size(); ++file)
    if (m_was_made[file]) std::filesystem::remove(m_files[file].path, ignored);
  m_was_made.assign(m_files.size(), false);
  m_unsynced_folders.clear();
  for (; !m_made_folders.empty(); m_made_folders.pop_back())
    std::filesystem::remove(m_made_folders.back(), ignored); // a folder that others use stays
}

} // namespace memtorrent
