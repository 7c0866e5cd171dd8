#include "memtorrent/byte_source.hpp"

#include <future>
#include <utility>

namespace memtorrent {

file_bytes byte_source::read(std::int64_t offset, std::int64_t max_bytes, boost::system::error_code& ec) {
  struct answer {
    boost::system::error_code ec;
    file_bytes bytes;
  };
  std::promise<answer> promise;
  auto future = promise.get_future();
  async_read(offset, max_bytes, [&](boost::system::error_code error, file_bytes bytes) {
    promise.set_value({error, std::move(bytes)});
  });
  auto result = future.get();
  ec = result.ec;
  return std::move(result.bytes);
}

} // namespace memtorrent
