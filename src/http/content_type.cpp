#include "http/content_type.hpp"

#include "http/field_syntax.hpp"

namespace memtorrent::http {

namespace {

struct known_extension {
  std::string_view extension;
  std::string_view type;
};

// Where the registered name and the one that players know differ (Matroska, AVI, SubRip), the players' one.
constexpr known_extension known_extensions[] = {
    {"mp4", "video/mp4"},
    {"m4v", "video/mp4"},
    {"mkv", "video/x-matroska"},
    {"webm", "video/webm"},
    {"avi", "video/x-msvideo"},
    {"divx", "video/x-msvideo"},
    {"mov", "video/quicktime"},
    {"ts", "video/mp2t"},
    {"m2ts", "video/mp2t"},
    {"mts", "video/mp2t"},
    {"mpg", "video/mpeg"},
    {"mpeg", "video/mpeg"},
    {"vob", "video/mpeg"},
    {"flv", "video/x-flv"},
    {"wmv", "video/x-ms-wmv"},
    {"asf", "video/x-ms-asf"},
    {"ogv", "video/ogg"},
    {"3gp", "video/3gpp"},

    {"mp3", "audio/mpeg"},
    {"m4a", "audio/mp4"},
    {"m4b", "audio/mp4"},
    {"aac", "audio/aac"},
    {"ogg", "audio/ogg"},
    {"oga", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"flac", "audio/flac"},
    {"wav", "audio/wav"},
    {"wma", "audio/x-ms-wma"},
    {"mka", "audio/x-matroska"},
    {"ac3", "audio/ac3"},
    {"dts", "audio/vnd.dts"},

    {"srt", "application/x-subrip"},
    {"vtt", "text/vtt"},
    {"ass", "text/x-ssa"},
    {"ssa", "text/x-ssa"},
    {"sub", "text/x-microdvd"},

    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"png", "image/png"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},

    {"txt", "text/plain"},
    {"nfo", "text/plain"},
    {"pdf", "application/pdf"},
    {"epub", "application/epub+zip"},
    {"zip", "application/zip"},
};

} // namespace

std::string_view content_type(std::string_view file_name) noexcept {
  auto const dot = file_name.rfind('.');
  if (dot != std::string_view::npos) {
    auto const extension = file_name.substr(dot + 1);
    for (auto const& known : known_extensions) {
      if (equal_ignoring_case(extension, known.extension)) return known.type;
    }
  }
  return "application/octet-stream";
}

} // namespace memtorrent::http
