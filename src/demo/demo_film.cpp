#include "demo/demo_film.hpp"

#include <libtorrent/bencode.hpp>
#include <libtorrent/create_torrent.hpp>
#include <libtorrent/file_storage.hpp>

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace memtorrent::demo {

namespace {

constexpr int piece_length_bytes = 512 * 1024;

// Nearly lossless by the fastest preset: encodes ten times faster than it plays, and is large for its length. An MP4
// of H.264 and AAC plays in a browser too.
std::vector<std::string> ffmpeg_arguments(std::filesystem::path const& file, int seconds) {
  auto const length = std::to_string(seconds);
  return {"ffmpeg",       "-nostdin",
          "-hide_banner", "-loglevel",
          "error",        "-y",
          "-f",           "lavfi",
          "-i",           "testsrc2=size=1280x720:rate=30",
          "-f",           "lavfi",
          "-i",           "sine=frequency=440:beep_factor=4:sample_rate=48000",
          "-t",           length,
          "-pix_fmt",     "yuv420p",
          "-c:v",         "libx264",
          "-preset",      "ultrafast",
          "-qp",          "1",
          "-c:a",         "aac",
          "-movflags",    "+faststart",
          "-progress",    "pipe:1",
          file.string()};
}

} // namespace

demo_film::demo_film(boost::asio::io_context& io, std::filesystem::path const& file, int seconds, events told)
    : m_seconds(seconds), m_events(std::move(told)) {
  try {
    m_ffmpeg = std::make_unique<child_process>(
        io, ffmpeg_arguments(file, seconds),
        child_process::output_handlers{[this](std::string const& line) { on_line(line); }, [this] { on_end(); }});
  } catch (std::system_error const& error) {
    if (error.code() != std::errc::no_such_file_or_directory) throw;
    throw std::runtime_error("the demo makes its film with ffmpeg, which is not there: apt install ffmpeg");
  }
}

void demo_film::on_line(std::string const& line) {
  // In spite of its name in microseconds; the other keys do not matter here.
  constexpr std::string_view key = "out_time_ms=";
  std::int64_t made_us = 0;
  if (line.compare(0, key.size(), key) != 0) return;
  std::from_chars(line.data() + key.size(), line.data() + line.size(), made_us);
  m_events.progress(static_cast<int>(made_us / (10'000 * std::int64_t{m_seconds})));
}

void demo_film::on_end() {
  if (m_ffmpeg->wait() != 0) throw std::runtime_error("ffmpeg could not make the film of the demo");
  m_events.done();
}

void make_torrent(std::filesystem::path const& file, std::filesystem::path const& torrent) {
  lt::file_storage files;
  lt::add_files(files, file.string());
  lt::create_torrent created(files, piece_length_bytes, lt::create_torrent::v1_only);
  lt::error_code ec;
  lt::set_piece_hashes(created, file.parent_path().string(), ec);
  if (ec) throw std::runtime_error("cannot hash the film of the demo: " + ec.message());
  std::vector<char> encoded;
  lt::bencode(std::back_inserter(encoded), created.generate());
  std::ofstream out(torrent, std::ios::binary);
  out.write(encoded.data(), static_cast<std::streamsize>(encoded.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + torrent.string());
}

} // namespace memtorrent::demo
