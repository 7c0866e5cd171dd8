#include "disk/memory_disk_state.hpp"
#include "hybrid/disk_router.hpp"
#include "hybrid/export_answer.hpp"
#include "hybrid/hybrid_disk_state.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace memtorrent {

memory_disk hybrid_disk::memory() const { return m_state->memory_constructor().disk(); }

bool hybrid_disk::is_in_memory(lt::torrent_handle const& torrent) const {
  return memory().state()->find(torrent) != nullptr;
}

void hybrid_disk::export_to(lt::torrent_handle const& torrent, std::string const& path, export_handler handler) const {
  auto answer = std::make_shared<export_answer>(std::move(handler));
  std::error_code ec;
  auto folder = (std::filesystem::absolute(path, ec) / "").lexically_normal().parent_path();
  if (ec) {
    answer->give({boost::system::error_code(ec.value(), boost::system::system_category()), path});
    return;
  }
  m_state->post([torrent, folder = std::move(folder), answer = std::move(answer)](disk_router& router) {
    router.exports().begin(torrent, folder, answer);
  });
}

hybrid_disk_constructor::hybrid_disk_constructor(hybrid_disk_config config)
    : m_state(std::make_shared<hybrid_disk_state>(std::move(config))) {}

std::unique_ptr<lt::disk_interface> hybrid_disk_constructor::operator()(lt::io_context& network_thread,
                                                                        lt::settings_interface const& settings,
                                                                        lt::counters& counters) const {
  return std::make_unique<disk_router>(m_state, network_thread, settings, counters);
}

} // namespace memtorrent
