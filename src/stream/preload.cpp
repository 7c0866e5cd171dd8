#include "memtorrent/preload.hpp"

#include <memory>

namespace memtorrent {

std::future<boost::system::error_code> preload::done() {
  auto promise = std::make_shared<std::promise<boost::system::error_code>>();
  auto future = promise->get_future();
  async_wait([promise](boost::system::error_code ec) { promise->set_value(ec); });
  return future;
}

} // namespace memtorrent
