#include "torrent_stream.hpp"

#include "calls.h"
#include "memtorrent/torrent_pieces.hpp"
#include "quietly.hpp"

#include <chrono>
#include <cstring>

namespace memtorrent::go {

std::int64_t stream_reader::read(char* out, std::int64_t size_bytes, std::int64_t offset, lt::error_code& ec) {
  return with_error(ec, [&] {
    std::int64_t copied = 0;
    for (auto const& slice : m_source->read(offset, size_bytes, ec)) {
      std::memcpy(out + copied, slice.data, static_cast<std::size_t>(slice.size_bytes));
      copied += slice.size_bytes;
    }
    return copied;
  });
}

bool preload::wait(int milliseconds, lt::error_code& ec) {
  if (m_done.valid()) {
    if (m_done.wait_for(std::chrono::milliseconds(milliseconds)) != std::future_status::ready) return false;
    with_error(m_ended, [&] { m_ended = m_done.get(); });
  }
  ec = m_ended;
  return true;
}

torrent_stream* torrent_stream::create(lt::torrent_handle const& torrent, lt::error_code& ec) {
  return with_error(ec, [&]() -> torrent_stream* {
    auto const pieces = torrent_pieces::of(torrent);
    if (!pieces) {
      ec = errc::not_in_memory;
      return nullptr;
    }
    auto stream = memtorrent::torrent_stream::create(torrent, pieces->disk(), ec);
    return stream ? new torrent_stream(torrent, pieces->disk(), std::move(stream)) : nullptr;
  });
}

stream_reader* torrent_stream::open(int file, lt::error_code& ec) const {
  return with_error(ec, [&] {
    auto source = m_stream->open(lt::file_index_t(file), ec);
    return source ? new stream_reader(std::move(source)) : nullptr;
  });
}

preload* torrent_stream::begin_preload(int file, std::int64_t bytes, lt::error_code& ec) const {
  return with_error(ec, [&] {
    auto begun = m_stream->preload(lt::file_index_t(file), bytes, ec);
    return begun ? new preload(std::move(begun)) : nullptr;
  });
}

void torrent_stream::set_duration(int file, std::int64_t milliseconds, lt::error_code& ec) const {
  with_error(ec, [&] { m_stream->set_duration(lt::file_index_t(file), std::chrono::milliseconds(milliseconds), ec); });
}

torrent_memory_stats torrent_stream::torrent_memory() const {
  lt::error_code gone; // reads as zeros
  return m_disk.stats(m_torrent, gone);
}

} // namespace memtorrent::go

int64_t memtorrent_go_read_stream(uintptr_t reader, char* out, int64_t size_bytes, int64_t offset, uintptr_t error) {
  return reinterpret_cast<memtorrent::go::stream_reader*>(reader)->read(out, size_bytes, offset,
                                                                        *reinterpret_cast<lt::error_code*>(error));
}
