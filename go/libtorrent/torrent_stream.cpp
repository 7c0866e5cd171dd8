#include "torrent_stream.hpp"

#include "calls.h"
#include "memtorrent/torrent_pieces.hpp"

#include <cstring>

namespace memtorrent::go {

std::int64_t stream_reader::read(char* out, std::int64_t size_bytes, std::int64_t offset, lt::error_code& ec) {
  std::int64_t copied = 0;
  for (auto const& slice : m_source->read(offset, size_bytes, ec)) {
    std::memcpy(out + copied, slice.data, static_cast<std::size_t>(slice.size_bytes));
    copied += slice.size_bytes;
  }
  return copied;
}

torrent_stream* torrent_stream::create(lt::torrent_handle const& torrent, lt::error_code& ec) {
  auto const pieces = torrent_pieces::of(torrent);
  if (!pieces) {
    ec = errc::not_in_memory;
    return nullptr;
  }
  auto stream = memtorrent::torrent_stream::create(torrent, pieces->disk(), ec);
  return stream ? new torrent_stream(torrent, pieces->disk(), std::move(stream)) : nullptr;
}

stream_reader* torrent_stream::open(int file, lt::error_code& ec) const {
  auto source = m_stream->open(lt::file_index_t(file), ec);
  return source ? new stream_reader(std::move(source)) : nullptr;
}

void torrent_stream::pin(std::int64_t begin, std::int64_t end, std::int64_t begin2, std::int64_t end2,
                         lt::error_code& ec) const {
  memory_disk(m_disk).pin(m_torrent, {{begin, end}, {begin2, end2}}, ec);
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
