#include "session/file_choice.hpp"

#include "http/content_type.hpp"
#include "session/printable.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace memtorrent::session {

namespace {

// One sentence has space for these.
constexpr std::size_t most_files_listed = 20;

std::string name_of(lt::file_storage const& files, lt::file_index_t file) { return std::string(files.file_name(file)); }

std::optional<lt::file_index_t> as_index(std::string const& wanted) {
  int index = 0;
  auto const [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  if (error != std::errc() || end != wanted.data() + wanted.size() || index < 0) return std::nullopt;
  return lt::file_index_t(index);
}

bool matches(lt::file_storage const& files, lt::file_index_t file, std::string const& wanted) {
  if (auto const index = as_index(wanted)) return file == *index;
  return fnmatch(wanted.c_str(), name_of(files, file).c_str(), FNM_CASEFOLD) == 0 ||
         fnmatch(wanted.c_str(), files.file_path(file).c_str(), FNM_CASEFOLD) == 0;
}

bool is_playable(lt::file_storage const& files, lt::file_index_t file) {
  auto const type = http::content_type(name_of(files, file));
  return type.starts_with("video/") || type.starts_with("audio/");
}

std::vector<lt::file_index_t> real_files(lt::file_storage const& files) {
  std::vector<lt::file_index_t> real;
  for (auto const file : files.file_range()) {
    if (!files.pad_file_at(file)) real.push_back(file);
  }
  return real;
}

std::string listed(lt::file_storage const& files, std::vector<lt::file_index_t> const& shown) {
  std::string list;
  for (std::size_t i = 0; i < std::min(shown.size(), most_files_listed); ++i) {
    list +=
        (i > 0 ? ", " : "") + std::to_string(static_cast<int>(shown[i])) + " " + printable(files.file_path(shown[i]));
  }
  if (shown.size() > most_files_listed) list += " and " + std::to_string(shown.size() - most_files_listed) + " more";
  return list;
}

} // namespace

lt::file_index_t choose_file(lt::file_storage const& files, std::optional<std::string> const& wanted) {
  auto const real = real_files(files);
  std::optional<lt::file_index_t> best;
  auto const rank = [&](lt::file_index_t file) { return std::tuple(is_playable(files, file), files.file_size(file)); };
  for (auto const file : real) {
    if (wanted && !matches(files, file, *wanted)) continue;
    if (!best || rank(file) > rank(*best)) best = file;
  }
  if (best) return *best;
  if (!wanted) throw std::runtime_error("the torrent has no file to stream");
  throw std::runtime_error("no file of the torrent matches --file '" + printable(*wanted) +
                           "'; it has: " + listed(files, real));
}

} // namespace memtorrent::session
