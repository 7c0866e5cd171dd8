#include "hybrid/export_writer.hpp"

#include "precondition.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

export_writer::export_writer(std::shared_ptr<memory_storage> storage, std::vector<planned_file> files,
                             thread_maker make_thread, sync_function sync)
    : m_storage(std::move(storage)),
      m_make_thread(std::move(make_thread)),
      m_files(std::move(files), std::move(sync)),
      m_is_written(static_cast<std::size_t>(m_storage->geometry().num_pieces())) {}

export_writer::~export_writer() {
  cancel();
  if (m_thread.joinable()) m_thread.join();
}

void export_writer::begin_round(std::function<void()> const& ended) {
  MEMTORRENT_REQUIRE(!m_thread.joinable());
  auto const round = [this, ended] {
    run();
    ended();
  };
  auto const error = start_thread(m_make_thread, round, m_thread);
  if (!error) return;
  m_failure = {error, {}};
  m_files.remove(); // on the caller's thread, because there is no other
  ended();
}

export_failure export_writer::end_round() {
  if (m_thread.joinable()) m_thread.join();
  return std::exchange(m_failure, {});
}

bool export_writer::has_written_all() const {
  MEMTORRENT_REQUIRE(!m_thread.joinable());
  for (std::size_t piece = 0; piece < m_is_written.size(); ++piece)
    if (!m_is_written[piece] && m_storage->has_passed(lt::piece_index_t(static_cast<int>(piece)))) return false;
  return true;
}

void export_writer::run() {
  m_failure = m_files.make_empty_files();
  if (!m_failure) m_failure = write_pieces();
  if (!m_failure) m_failure = m_files.close();
  if (!m_failure) m_failure = m_files.sync_folders();
  if (m_failure || m_cancelled) m_files.remove();
}

// In order, so that each file is opened once.
export_failure export_writer::write_pieces() {
  for (std::size_t piece = 0; piece < m_is_written.size() && !m_cancelled; ++piece)
    if (!m_is_written[piece])
      if (auto failure = write_piece(lt::piece_index_t(static_cast<int>(piece)))) return failure;
  return {};
}

export_failure export_writer::write_piece(lt::piece_index_t piece) {
  if (!m_storage->has_passed(piece)) return {};
  std::int64_t const begin = m_storage->geometry().offset_of(piece);
  std::int64_t const end = begin + m_storage->geometry().piece_bytes(piece);
  auto const& files = m_files.files();
  auto const first =
      std::upper_bound(files.begin(), files.end(), begin,
                       [](std::int64_t offset, planned_file const& f) { return offset < f.in_torrent.end; });
  for (auto file = first; file != files.end() && file->in_torrent.begin < end; ++file) {
    std::int64_t const end_in_file = std::min(end, file->in_torrent.end);
    for (std::int64_t offset = std::max(begin, file->in_torrent.begin); offset < end_in_file;) {
      auto const bytes = m_storage->read_passed(offset, end_in_file - offset);
      if (bytes.empty()) return {}; // it was evicted; its bytes in the file will fail the check
      for (auto const& slice : bytes) {
        auto const index = static_cast<std::size_t>(file - files.begin());
        if (auto failure = m_files.write(index, offset, {slice.data, slice.size_bytes})) return failure;
        offset += slice.size_bytes;
      }
    }
  }
  m_is_written[static_cast<std::size_t>(static_cast<int>(piece))] = true;
  return {};
}

} // namespace memtorrent
